// The custom mutator of the targets that read .tflite: changes structs, and sometimes bytes.
#include "codec/tflite.h"
#include "tests/fuzz/mutate_tflite.h"
#include "tests/fuzz/target.h"

using namespace pestle;

size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  fuzz::Dice dice(seed);
  if (dice.one_in(8)) return LLVMFuzzerMutate(data, size, max_size);
  auto file = codec::read_tflite(fuzz::input_of(data, size));
  if (!file) return LLVMFuzzerMutate(data, size, max_size);
  fuzz::mutate(*file, dice);
  fuzz::Buffer written;
  if (!codec::write_tflite(*file, written)) return LLVMFuzzerMutate(data, size, max_size);
  return fuzz::replace_input(data, size, max_size, written.bytes);
}
