#include "flows/judging.h"

#include "eval/interval.h"
#include "eval/ranking.h"
#include "eval/runner.h"
#include "eval/similarity.h"

namespace pestle::flows {
namespace {

struct Sums {
  eval::Similarity similarity;
  eval::Hits hits;
};

Share share_of(double value, size_t samples) { return {value, eval::interval_of_share(value, samples).half_width()}; }

}  // namespace

Result<std::vector<Judgement>> judge(const ir::Module& original, std::span<const ir::Module* const> others,
                                     const Samples& samples, ThreadPool& pool, ProgressSink& progress) {
  std::vector<std::shared_ptr<const runtime::Plan>> plans;
  PESTLE_ASSIGN(auto reference, runtime::Plan::make(original));
  plans.push_back(std::move(reference));
  for (const ir::Module* module : others) {
    PESTLE_ASSIGN(auto plan, runtime::Plan::make(*module));
    plans.push_back(std::move(plan));
  }
  size_t seen = 0, labelled = 0;
  eval::Hits own;
  std::vector<Sums> sums(others.size());
  eval::Runner runner(plans, pool);
  const auto body = [&](size_t position, const std::vector<eval::RealOutputs>& outputs) -> Status {
    const auto label = samples.label(position);
    ++seen;
    labelled += label ? 1 : 0;
    own.add(outputs[0][0], label);
    for (size_t m = 0; m < others.size(); ++m) {
      sums[m].hits.add(outputs[m + 1][0], label);
      for (size_t o = 0; o < outputs[0].size(); ++o) sums[m].similarity.add(outputs[0][o], outputs[m + 1][o]);
    }
    return {};
  };
  PESTLE_TRY(runner.run(samples, spread(samples.size(), samples.size()), "judging", progress, body));
  std::vector<Judgement> judgements;
  for (const Sums& s : sums) {
    Judgement judgement{seen, share_of(s.similarity.agreement(), seen), s.similarity.centred_sqnr_db(), labelled, {},
                        {}};
    if (labelled > 0) {
      judgement.float_top1 = share_of(*own.top1_share(), labelled);
      judgement.top1 = share_of(*s.hits.top1_share(), labelled);
    }
    judgements.push_back(judgement);
  }
  return judgements;
}

}  // namespace pestle::flows
