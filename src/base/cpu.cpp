#include "base/cpu.h"

#include <sched.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace pestle {
namespace {

constexpr Isa kAll[] = {Isa::kGeneric, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni, Isa::kNeon, Isa::kNeonDot};

#if defined(__x86_64__)
// clang 16 does not know "f16c" as a feature string; leaf 1, ECX bit 29 (its cpuid.h says the same).
bool has_f16c() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}
#endif

bool detect(Isa isa) {
  switch (isa) {
    case Isa::kGeneric: return true;
#if defined(__x86_64__)
    case Isa::kAvx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
    case Isa::kAvx512:
      return detect(Isa::kAvx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    case Isa::kAvx512Vnni: return detect(Isa::kAvx512) && __builtin_cpu_supports("avx512vnni");
#endif
#if defined(__aarch64__)
    case Isa::kNeon: return true;
#endif
    default: return false;
  }
}

Isa limit_from_environment() {
  const char* wanted = std::getenv("PESTLE_ISA");
  if (wanted == nullptr) return Isa::kNeonDot;
  for (Isa isa : kAll) {
    if (std::string(wanted) == isa_name(isa)) return isa;
  }
  return Isa::kNeonDot;
}

}  // namespace

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::kGeneric: return "generic";
    case Isa::kAvx2: return "avx2";
    case Isa::kAvx512: return "avx512";
    case Isa::kAvx512Vnni: return "avx512vnni";
    case Isa::kNeon: return "neon";
    case Isa::kNeonDot: return "neondot";
  }
  return "generic";
}

// Found once: under a hypervisor every cpuid instruction costs microseconds.
bool has_isa(Isa isa) {
  static const auto present = [] {
    const Isa limit = limit_from_environment();
    std::array<bool, std::size(kAll)> found{};
    for (Isa each : kAll) found[static_cast<size_t>(each)] = each <= limit && detect(each);
    return found;
  }();
  return present[static_cast<size_t>(isa)];
}

int physical_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    std::string package, core;
    std::ifstream(folder + "physical_package_id") >> package;
    std::ifstream(folder + "core_id") >> core;
    cores.insert(core.empty() ? std::to_string(cpu) : package + "/" + core);
  }
  return cores.empty() ? 1 : static_cast<int>(cores.size());
}

}  // namespace pestle
