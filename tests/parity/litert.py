"""Runs LiteRT on models in a process of its own, so that a crash there is a result and not the end of the run."""
import os
import pickle
import select
import signal
import struct
import sys
from dataclasses import dataclass, field

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

# No case takes more than milliseconds: what takes this long, in seconds, hangs.
PATIENCE = 60


@dataclass
class Answer:
    outputs: list[np.ndarray] = field(default_factory=list)
    judge: str = "reference"  # or "builtin"
    refusal: str = ""         # why LiteRT did not run it
    crash: str = ""           # how its process died


def invoke(record, resolver: OpResolverType) -> list[np.ndarray]:
    """The outputs of the last of the record's runs on the same inputs."""
    interpreter = Interpreter(model_content=record.model, experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    for _ in range(record.head["runs"]):
        for detail, value in zip(interpreter.get_input_details(), record.inputs, strict=True):
            if value.size:
                interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
    outputs = []
    for detail in interpreter.get_output_details():
        empty = 0 in interpreter._get_tensor_details(detail["index"], 0)["shape"]
        outputs.append(np.empty(interpreter._get_tensor_details(detail["index"], 0)["shape"], detail["dtype"]) if empty
                       else interpreter.get_tensor(detail["index"]))
    return outputs


def ask(record, builtin: bool) -> Answer:
    """The reference resolver's answer; the builtin kernels' (without the default delegate) where that is the judge."""
    judge = "builtin" if builtin else "reference"
    resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if builtin else OpResolverType.BUILTIN_REF
    try:
        return Answer(invoke(record, resolver), judge)
    except (RuntimeError, ValueError) as error:
        return Answer(judge=judge, refusal=" ".join(str(error).split()))


def send(pipe: int, value: object) -> None:
    data = pickle.dumps(value)
    os.write(pipe, struct.pack("<Q", len(data)))
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def receive(pipe: int) -> object | None:
    def read(size: int) -> bytes:
        data = b""
        while len(data) < size:
            ready, _, _ = select.select([pipe], [], [], PATIENCE)
            piece = os.read(pipe, size - len(data)) if ready else b""
            if not piece:
                return b""
            data += piece
        return data

    size = read(8)
    return pickle.loads(read(struct.unpack("<Q", size)[0])) if size else None


def start(records: list, builtin) -> tuple[int, int]:
    """A child process that answers the records in order; its id and the pipe to read the answers from."""
    sys.stdout.flush()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child:
        os.close(write_end)
        return child, read_end
    os.close(read_end)
    # LiteRT prints its complaints; they come back as the text of the exception too.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        for record in records:
            send(write_end, ask(record, builtin(record)))
    finally:
        os._exit(0)


def answers(records: list, builtin):
    """Yields one Answer a record. `builtin(record)` says who judges it."""
    done = 0
    while done < len(records):
        child, pipe = start(records[done:], builtin)
        answer = receive(pipe)
        while answer is not None:
            yield answer
            done += 1
            answer = receive(pipe) if done < len(records) else None
        os.close(pipe)
        if done < len(records):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if done < len(records):
            yield Answer(crash=f"its process died or hung (status {status})")
            done += 1
