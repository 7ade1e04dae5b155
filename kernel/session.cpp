#include "session.hpp"

#include "layout.hpp"

namespace undertone {

bool Session::open(const TrainingSettings& settings) {
  Training& t = training_;
  t.modulus = settings.modulus;
  t.width = settings.width;
  t.stride = strideOf(settings.width);
  t.activation = settings.activation;
  t.loss = settings.loss;
  t.freezeFirstLayer = settings.freezeFirstLayer;
  t.tied = settings.tied;
  optimizer_ = settings.optimizer;
  samples_ = settings.samples;

  const size_t weights = t.modulus * t.stride;
  const size_t padded = ((size_t)samples_ + tileSamples - 1) / tileSamples * tileSamples;
  const auto want = [&](Parameter& parameter, size_t count, bool trained) {
    arena_.want(parameter.value, count);
    if (!trained) return;
    arena_.want(parameter.first, count);
    // Under Muon only for μ, a column of W, and for the hidden bias.
    const bool hasSecond = optimizer_.rule == Rule::muon
                               ? &parameter == &t.W || &parameter == &t.hiddenBias
                               : optimizer_.rule != Rule::sgd;
    if (hasSecond) arena_.want(parameter.second, count);
  };
  want(t.U, weights, !t.freezeFirstLayer);
  if (!t.tied) want(t.V, weights, !t.freezeFirstLayer);
  want(t.W, weights, true);
  if (settings.hasHiddenBias) {
    want(t.hiddenBias, t.stride, !t.freezeFirstLayer);
    arena_.want(t.shiftedU, weights);
  }
  if (optimizer_.rule == Rule::muon) muon_.want(arena_, t);
  arena_.want(t.packedW, weights);
  arena_.want(t.logits, padded * t.modulus);
  arena_.want(t.sampleLoss, padded);
  arena_.want(sampleWeight_, padded);
  uint16_t** columns[] = {&rowsA_, &rowsB_, &rowsLabel_, &a_, &b_, &label_};
  for (uint16_t** column : columns) arena_.want(*column, padded);
  const size_t train = kernel_.trainScratch(t.modulus), look = kernel_.forwardScratch(t.modulus);
  size_t most = train > look ? train : look;
  const size_t product = kernel_.productScratch(false);
  if (most < product) most = product;
  scratchStride_ = (most + 127) / 64 * 64;
  arena_.want(scratch_, scratchStride_ * pool_.threads());
  if (!arena_.take()) return false;

  for (int i = 0; i < samples_; i++) {
    rowsA_[i] = settings.a[i];
    rowsB_[i] = settings.b[i];
    rowsLabel_[i] = settings.label[i];
  }
  if (t.tied) t.V.value = t.U.value;
  t.a = a_;
  t.b = b_;
  t.label = label_;
  t.weight = sampleWeight_;
  return true;
}

const Parameter& Session::parameter(Part part) const {
  switch (part) {
    case Part::U: return training_.U;
    case Part::V: return training_.V;
    case Part::hiddenBias: return training_.hiddenBias;
    default: return training_.W;  // μ is a column of it
  }
}

static float* slotOf(const Parameter& parameter, Slot slot) {
  switch (slot) {
    case Slot::value: return parameter.value;
    case Slot::first: return parameter.first;
    default: return parameter.second;
  }
}

size_t Session::elements(Part part, Slot slot) const {
  if (!slotOf(parameter(part), slot)) return 0;
  const Region region = regionOf(part, training_.modulus, training_.width);
  return (size_t)region.tokens * region.columns;
}

void Session::read(Part part, Slot slot, float* out) const {
  copyOut(out, slotOf(parameter(part), slot), training_.stride,
          regionOf(part, training_.modulus, training_.width));
}

void Session::write(Part part, Slot slot, const float* in) {
  copyIn(slotOf(parameter(part), slot), training_.stride, in,
         regionOf(part, training_.modulus, training_.width));
}

void Session::prepare() {
  const Training& t = training_;
  parallel(pool_, (int)(t.stride / unitWidth), [&](int unit, int) {
    kernel_.packW(t.packedW, t.W.value, t.modulus, t.stride, unit, unit + 1);
  });
  if (!t.shiftedU) return;
  addHiddenBias(t.shiftedU, t.U.value, t.hiddenBias.value, t.modulus, t.width, t.stride);
}

// Lays out the rows of the next step: those listed, or all. Padding repeats the last with weight 0.
void Session::chooseRows(const uint32_t* rows, int count) {
  if (!rows && hasAllRows_) return;
  hasAllRows_ = !rows;
  training_.tiles = (count + tileSamples - 1) / tileSamples;
  for (int i = 0; i < training_.tiles * tileSamples; i++) {
    const int listed = i < count ? i : count - 1;
    const uint32_t row = rows ? rows[listed] : (uint32_t)listed;
    a_[i] = rowsA_[row];
    b_[i] = rowsB_[row];
    label_[i] = rowsLabel_[row];
    sampleWeight_[i] = i < count ? 1.f / (float)count : 0.f;
  }
}

void Session::nextUpdate() {
  const OptimizerSettings& o = optimizer_;
  Update& u = training_.update;
  u.rule = o.rule == Rule::muon ? Rule::adamw : o.rule;
  const double learningRate = o.rule == Rule::muon ? o.adamwLearningRate : o.learningRate;
  double rate = learningRate;
  if (o.rule != Rule::sgd) {
    // Powers by repeated multiplication: pow() differs between C libraries.
    beta1Power *= o.beta1;
    beta2Power *= o.beta2;
    u.beta1 = (float)o.beta1;
    u.beta2 = (float)o.beta2;
    u.oneMinusBeta1 = (float)(1 - o.beta1);
    u.oneMinusBeta2 = (float)(1 - o.beta2);
    u.epsilon = (float)o.epsilon;
    u.keep = (float)(1 - learningRate * o.weightDecay);
    u.secondScale = (float)(1 / __builtin_sqrt(1 - beta2Power));
    rate /= 1 - beta1Power;
  }
  u.coupledDecay = (float)o.weightDecay;
  u.momentum = (float)o.momentum;
  u.negativeRate = (float)-rate;
}

// Panels of at most `panelUnits` units; where a thread gets only a few, as many for each.
static int panelCount(int units, int threads) {
  int panels = (units + panelUnits - 1) / panelUnits;
  if (panels < 8 * threads) panels = (panels + threads - 1) / threads * threads;
  return panels < units ? panels : units;
}

void Session::step() {
  const int units = (int)(training_.stride / unitWidth);
  const int panels = panelCount(units, pool_.threads());
  const int groups = (training_.tiles + forwardTiles - 1) / forwardTiles;
  nextUpdate();
  parallel(pool_, groups, [&](int i, int worker) {
    const int first = i * forwardTiles, end = first + forwardTiles;
    kernel_.forward(training_, first, end < training_.tiles ? end : training_.tiles,
                    scratch_ + worker * scratchStride_);
  });
  parallel(pool_, panels, [&](int i, int worker) {
    kernel_.backward(training_, (int)((int64_t)units * i / panels),
                     (int)((int64_t)units * (i + 1) / panels),
                     scratch_ + worker * scratchStride_);
  });
  if (optimizer_.rule != Rule::muon) return;
  muon_.step(kernel_, pool_, training_, optimizer_.learningRate, optimizer_.weightDecay,
             optimizer_.momentum, scratch_, scratchStride_);
  prepare();
}

void Session::run(int steps) {
  chooseRows(nullptr, samples_);
  for (int i = 0; i < steps; i++) step();
}

void Session::runBatch(const uint32_t* rows, int count) {
  chooseRows(rows, count);
  step();
}

double Session::loss() const {
  double sum = 0;
  for (size_t i = 0; i < (size_t)training_.tiles * tileSamples; i++) sum += training_.sampleLoss[i];
  return sum;
}

void Session::answers(uint16_t* out) {
  const Model model = modelOf(training_);
  overPairs(pool_, 0, model.modulus * model.modulus, scratch_, scratchStride_,
            [&](int first, int end, float* scratch) {
              kernel_.answers(model, first, end, out + first, scratch);
            });
}

}  // namespace undertone
