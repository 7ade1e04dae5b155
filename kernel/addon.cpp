// The Node addon: what src/compute/native/ calls. Numbers and lengths are checked there, with
// messages for people; here the lengths of arrays are checked once more, so that no call from
// JavaScript can make the kernel read or write out of bounds.
#include <chrono>
#include <memory>

#include "cpu.hpp"
#include "node-values.hpp"
#include "session.hpp"

namespace undertone {
namespace {

// The threads and the instruction set that one backend computes with.
struct Engine {
  const Kernel& kernel;
  Pool pool;
};
using EngineHandle = std::shared_ptr<Engine>;

struct SessionHandle {
  EngineHandle engine;  // outlives the session, in whatever order the handles are collected
  std::unique_ptr<Session> session;
  int64_t accounted = 0;
};

constexpr int mostModulus = 32768, mostWidth = 1 << 24;

Network toNetwork(napi_env env, napi_value object) {
  Network network;
  network.modulus = toInt(env, property(env, object, "modulus"), 1, mostModulus);
  network.width = toInt(env, property(env, object, "width"), 1, mostWidth);
  const size_t weights = (size_t)network.modulus * network.width;
  network.U = toFloats(env, property(env, object, "U"), weights);
  network.V = toFloats(env, property(env, object, "V"), weights);
  network.W = toFloats(env, property(env, object, "W"), weights);
  network.mu = toFloats(env, property(env, object, "mu"), network.modulus);
  napi_value bias = property(env, object, "hiddenBias");
  napi_valuetype type;
  check(napi_typeof(env, bias, &type));
  network.hiddenBias = type == napi_null ? nullptr : toFloats(env, bias, network.width);
  return network;
}

Activation toActivation(napi_env env, napi_value value) {
  return (Activation)toInt(env, value, 0, activationCount - 1);
}

Session& openedSession(SessionHandle& handle) {
  require(handle.session != nullptr, "undertone addon: the session was disposed of");
  return *handle.session;
}

// instructionSets(): names of the kernels that run here, best first.
napi_value instructionSets(napi_env env, napi_callback_info) {
  napi_value list;
  check(napi_create_array(env, &list));
  uint32_t i = 0;
  for (const Kernel* const* kernel = runnableKernels(); *kernel; kernel++) {
    napi_value name;
    check(napi_create_string_utf8(env, (*kernel)->name, NAPI_AUTO_LENGTH, &name));
    check(napi_set_element(env, list, i++, name));
  }
  return list;
}

// openEngine(instructionSet, threads)
napi_value openEngine(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  char name[32];
  size_t length;
  check(napi_get_value_string_utf8(env, arguments[0], name, sizeof name, &length));
  const int threads = toInt(env, arguments[1], 1, 1024);
  for (const Kernel* const* kernel = runnableKernels(); *kernel; kernel++) {
    if (std::string(name) != (*kernel)->name) continue;
    return wrap(env, new EngineHandle(new Engine{**kernel, Pool(threads)}));
  }
  throw Failure{"undertone addon: this processor does not run that instruction set"};
}

// threads(engine): as many as could be started.
napi_value threads(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return number(env, toHandle<EngineHandle>(env, arguments[0])->pool.threads());
}

OptimizerSettings toOptimizer(napi_env env, napi_value object) {
  const auto read = [&](const char* name) { return toDouble(env, property(env, object, name)); };
  return {(Rule)toInt(env, property(env, object, "rule"), 0, 3),
          read("learningRate"),
          read("weightDecay"),
          read("beta1"),
          read("beta2"),
          read("epsilon"),
          read("momentum"),
          read("adamwLearningRate")};
}

// openSession(engine, {modulus, width, activation, loss, tied, freezeFirstLayer, hasHiddenBias,
// samples, a, b, label}, optimizer): weights and moments are zero; see write and prepare.
napi_value openSession(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const auto read = [&](const char* name) { return property(env, arguments[1], name); };
  TrainingSettings settings{};
  settings.modulus = toInt(env, read("modulus"), 1, mostModulus);
  settings.width = toInt(env, read("width"), 1, mostWidth);
  settings.activation = toActivation(env, read("activation"));
  settings.loss = (Loss)toInt(env, read("loss"), 0, 1);
  settings.tied = toBool(env, read("tied"));
  settings.freezeFirstLayer = toBool(env, read("freezeFirstLayer"));
  settings.hasHiddenBias = toBool(env, read("hasHiddenBias"));
  settings.samples = toInt(env, read("samples"), 1, 1 << 30);
  settings.a = toTokens(env, read("a"), settings.samples, settings.modulus);
  settings.b = toTokens(env, read("b"), settings.samples, settings.modulus);
  settings.label = toTokens(env, read("label"), settings.samples, settings.modulus);
  settings.optimizer = toOptimizer(env, arguments[2]);

  auto handle = std::make_unique<SessionHandle>();
  handle->engine = engine;
  handle->session = std::make_unique<Session>(engine->kernel, engine->pool);
  require(handle->session->open(settings), outOfMemory);
  // Lets the garbage collector know what the small handle holds.
  handle->accounted = (int64_t)handle->session->bytes();
  int64_t total;
  napi_adjust_external_memory(env, handle->accounted, &total);
  napi_value external;
  const auto finalize = [](napi_env env, void* data, void*) {
    SessionHandle* handle = static_cast<SessionHandle*>(data);
    int64_t total;
    if (handle->session) napi_adjust_external_memory(env, -handle->accounted, &total);
    delete handle;
  };
  check(napi_create_external(env, handle.get(), finalize, nullptr, &external));
  handle.release();
  return external;
}

// An array of a session as its arguments (session, part, slot, array) name it.
struct SessionArray {
  Session& session;
  Part part;
  Slot slot;
  float* data;

  SessionArray(napi_env env, const Arguments<4>& arguments)
      : session(openedSession(toHandle<SessionHandle>(env, arguments[0]))),
        part((Part)toInt(env, arguments[1], 0, partCount - 1)),
        slot((Slot)toInt(env, arguments[2], 0, slotCount - 1)) {
    const size_t elements = session.elements(part, slot);
    require(elements > 0, "undertone addon: the session has no such array");
    data = toFloats(env, arguments[3], elements);
  }
};

// read(session, part, slot, out), write(session, part, slot, in)
napi_value read(napi_env env, napi_callback_info info) {
  const SessionArray array(env, Arguments<4>(env, info));
  array.session.read(array.part, array.slot, array.data);
  return nullptr;
}
napi_value write(napi_env env, napi_callback_info info) {
  const SessionArray array(env, Arguments<4>(env, info));
  array.session.write(array.part, array.slot, array.data);
  return nullptr;
}

// prepare(session): after the last write.
napi_value prepare(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  openedSession(toHandle<SessionHandle>(env, arguments[0])).prepare();
  return nullptr;
}

// powers(session): [β₁ᵗ, β₂ᵗ]; setPowers(session, β₁ᵗ, β₂ᵗ)
napi_value powers(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const Session& session = openedSession(toHandle<SessionHandle>(env, arguments[0]));
  napi_value list;
  check(napi_create_array(env, &list));
  check(napi_set_element(env, list, 0, number(env, session.beta1Power)));
  check(napi_set_element(env, list, 1, number(env, session.beta2Power)));
  return list;
}
napi_value setPowers(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  Session& session = openedSession(toHandle<SessionHandle>(env, arguments[0]));
  session.beta1Power = toDouble(env, arguments[1]);
  session.beta2Power = toDouble(env, arguments[2]);
  return nullptr;
}

// setLearningRate(session, rate, adamwRate)
napi_value setLearningRate(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  openedSession(toHandle<SessionHandle>(env, arguments[0]))
      .setLearningRate(toDouble(env, arguments[1]), toDouble(env, arguments[2]));
  return nullptr;
}

// run(session, steps)
napi_value run(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  openedSession(toHandle<SessionHandle>(env, arguments[0])).run(toInt(env, arguments[1], 0, 1 << 30));
  return nullptr;
}

// runBatch(session, rows: Uint32Array)
napi_value runBatch(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  Session& session = openedSession(toHandle<SessionHandle>(env, arguments[0]));
  const size_t count = typedLength(env, arguments[1]);
  require(count >= 1 && count <= (size_t)session.samples(), "undertone addon: wrong batch size");
  const uint32_t* rows = toArray<uint32_t>(env, arguments[1], count);
  for (size_t i = 0; i < count; i++) {
    require(rows[i] < (uint32_t)session.samples(), "undertone addon: no such row");
  }
  session.runBatch(rows, (int)count);
  return nullptr;
}

// loss(session)
napi_value loss(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return number(env, openedSession(toHandle<SessionHandle>(env, arguments[0])).loss());
}

// sessionAnswers(session, out [P²])
napi_value sessionAnswers(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  Session& session = openedSession(toHandle<SessionHandle>(env, arguments[0]));
  const size_t modulus = session.modulus();
  session.answers(toArray<uint16_t>(env, arguments[1], modulus * modulus));
  return nullptr;
}

// closeSession(session): frees its memory now.
napi_value closeSession(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  SessionHandle& handle = toHandle<SessionHandle>(env, arguments[0]);
  int64_t total;
  if (handle.session) napi_adjust_external_memory(env, -handle.accounted, &total);
  handle.session.reset();
  return nullptr;
}

// answers(engine, network, activation, out [P²])
napi_value answers(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const Network network = toNetwork(env, arguments[1]);
  const size_t pairs = (size_t)network.modulus * network.modulus;
  require(answersOf(engine->kernel, engine->pool, network, toActivation(env, arguments[2]),
                    toArray<uint16_t>(env, arguments[3], pairs)),
          outOfMemory);
  return nullptr;
}

// logits(engine, network, activation, firstA, countA, out [countA·P, P])
napi_value logits(napi_env env, napi_callback_info info) {
  Arguments<6> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const Network network = toNetwork(env, arguments[1]);
  const int firstA = toInt(env, arguments[3], 0, network.modulus);
  const int countA = toInt(env, arguments[4], 0, network.modulus - firstA);
  const size_t modulus = network.modulus;
  require(logitsOf(engine->kernel, engine->pool, network, toActivation(env, arguments[2]),
                   firstA * network.modulus, (firstA + countA) * network.modulus,
                   toFloats(env, arguments[5], countA * modulus * modulus)),
          outOfMemory);
  return nullptr;
}

// multiply(engine, a [m, k], b [k, n], out [m, n], m, k, n, transposeA, transposeB): a is [k, m], b
// [n, k] where transposed.
napi_value multiply(napi_env env, napi_callback_info info) {
  Arguments<9> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const auto size = [&](int i) { return toInt(env, arguments[i], 0, 1 << 30); };
  const int m = size(4), k = size(5), n = size(6);
  const Product product{toFloats(env, arguments[1], (size_t)m * k),
                        toFloats(env, arguments[2], (size_t)k * n),
                        toFloats(env, arguments[3], (size_t)m * n),
                        m, k, n,
                        toBool(env, arguments[7]),
                        toBool(env, arguments[8])};
  require(undertone::multiply(engine->kernel, engine->pool, product), outOfMemory);
  return nullptr;
}

// applyFunction(engine, which, in, out): exp, log, normal distribution, normal density.
napi_value applyFunction(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const size_t length = typedLength(env, arguments[2]);
  require(length <= 1 << 30, "undertone addon: too many values");
  engine->kernel.function(toInt(env, arguments[1], 0, 3), toFloats(env, arguments[2], length),
                          toFloats(env, arguments[3], length), (int)length);
  return nullptr;
}

// peak(engine): GFLOP/s of fused multiply-adds in registers, all threads together.
napi_value peak(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  Engine& engine = *toHandle<EngineHandle>(env, arguments[0]);
  const auto seconds = [](auto from) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  };
  const int tasks = 16 * engine.pool.threads();
  const auto start = std::chrono::steady_clock::now();
  std::atomic<double> operations{0};
  parallel(engine.pool, tasks, [&](int, int) {
    float sink[64];
    operations.store(engine.kernel.peak(200000, sink) * tasks);
  });
  return number(env, operations / seconds(start) / 1e9);
}

}  // namespace
}  // namespace undertone

NAPI_MODULE_INIT() {
  using namespace undertone;
  try {
    define<instructionSets>(env, exports, "instructionSets");
    define<openEngine>(env, exports, "openEngine");
    define<threads>(env, exports, "threads");
    define<openSession>(env, exports, "openSession");
    define<run>(env, exports, "run");
    define<loss>(env, exports, "loss");
    define<sessionAnswers>(env, exports, "sessionAnswers");
    define<runBatch>(env, exports, "runBatch");
    define<read>(env, exports, "read");
    define<write>(env, exports, "write");
    define<prepare>(env, exports, "prepare");
    define<powers>(env, exports, "powers");
    define<setPowers>(env, exports, "setPowers");
    define<setLearningRate>(env, exports, "setLearningRate");
    define<closeSession>(env, exports, "closeSession");
    define<answers>(env, exports, "answers");
    define<logits>(env, exports, "logits");
    define<multiply>(env, exports, "multiply");
    define<applyFunction>(env, exports, "applyFunction");
    define<peak>(env, exports, "peak");
  } catch (const Failure& failure) {
    napi_throw_error(env, nullptr, failure.message.c_str());
  }
  return exports;
}
