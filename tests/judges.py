"""LiteRT as the judge of files. Importing this ends a test as skipped where LiteRT or numpy is absent."""

from places import skip

try:
    import numpy
    from ai_edge_litert import interpreter as litert
except ImportError as error:
    skip(error)


def interpreter(path, reference=False, **options):
    """Ready to run; `reference`: with the reference kernels, without a delegate."""
    resolver = litert.OpResolverType.BUILTIN_REF if reference else litert.OpResolverType.AUTO
    model = litert.Interpreter(model_path=str(path), experimental_op_resolver_type=resolver, **options)
    model.allocate_tensors()
    return model


def value(model, details):
    """A tensor; LiteRT hands out none without elements."""
    if 0 in details["shape"]:
        return numpy.zeros(details["shape"], details["dtype"])
    return model.get_tensor(details["index"])


def run(model, inputs):
    for details, values in zip(model.get_input_details(), inputs, strict=True):
        model.set_tensor(details["index"], values)
    model.invoke()
    return [value(model, details) for details in model.get_output_details()]


def random_input(random, details):
    """Values of the whole range of an input's codes; floats between -1 and 1."""
    shape, dtype = tuple(details["shape"]), details["dtype"]
    if dtype == numpy.float32:
        return random.uniform(-1, 1, shape).astype(numpy.float32)
    if dtype == numpy.bool_:
        return random.integers(0, 2, shape).astype(numpy.bool_)
    info = numpy.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
