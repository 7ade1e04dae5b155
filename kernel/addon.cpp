// The Node addon: what src/compute/native/ calls. Numbers and lengths are checked there, with
// messages for people; here the lengths of arrays are checked once more, so that no call from
// JavaScript can make the kernel read or write out of bounds.
#define NAPI_VERSION 8
#include <node_api.h>

#include <chrono>
#include <memory>
#include <new>
#include <string>

#include "cpu.hpp"
#include "session.hpp"

namespace undertone {
namespace {

// Thrown by the helpers below once a JavaScript exception is pending or described.
struct Failure {
  std::string message;
};

void require(bool condition, const char* message) {
  if (!condition) throw Failure{message};
}
void check(napi_status status) { require(status == napi_ok, "undertone addon: a Node-API call failed"); }

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

constexpr const char* outOfMemory = "undertone: out of memory";

template <size_t Count>
struct Arguments {
  napi_value values[Count];
  Arguments(napi_env env, napi_callback_info info) {
    size_t count = Count;
    check(napi_get_cb_info(env, info, &count, values, nullptr, nullptr));
    require(count == Count, "undertone addon: wrong number of arguments");
  }
  napi_value operator[](size_t i) const { return values[i]; }
};

double toDouble(napi_env env, napi_value value) {
  double number;
  check(napi_get_value_double(env, value, &number));
  return number;
}

int toInt(napi_env env, napi_value value, int least, int most) {
  const double number = toDouble(env, value);
  require(number >= least && number <= most && number == (int)number,
          "undertone addon: an integer is out of range");
  return (int)number;
}

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  check(napi_get_named_property(env, object, name, &value));
  return value;
}

template <typename Element>
Element* toArray(napi_env env, napi_value value, size_t length) {
  constexpr napi_typedarray_type expected =
      sizeof(Element) == 2 ? napi_uint16_array : napi_float32_array;
  bool isTyped = false;
  check(napi_is_typedarray(env, value, &isTyped));
  require(isTyped, "undertone addon: a typed array was expected");
  napi_typedarray_type type;
  size_t actual;
  void* data;
  check(napi_get_typedarray_info(env, value, &type, &actual, &data, nullptr, nullptr));
  require(type == expected && actual == length, "undertone addon: wrong type or length of an array");
  return static_cast<Element*>(data);
}

float* toFloats(napi_env env, napi_value value, size_t length) {
  return toArray<float>(env, value, length);
}

// A token or class at or above the modulus would be read out of bounds later.
const uint16_t* toTokens(napi_env env, napi_value value, size_t length, int modulus) {
  const uint16_t* tokens = toArray<uint16_t>(env, value, length);
  for (size_t i = 0; i < length; i++) {
    require(tokens[i] < modulus, "undertone addon: a token is out of range");
  }
  return tokens;
}

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

template <typename Handle>
Handle& toHandle(napi_env env, napi_value value) {
  void* data = nullptr;
  check(napi_get_value_external(env, value, &data));
  return *static_cast<Handle*>(data);
}

template <typename Handle>
napi_value wrap(napi_env env, Handle* handle) {
  napi_value external;
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  if (napi_create_external(env, handle, finalize, nullptr, &external) != napi_ok) {
    delete handle;
    throw Failure{"undertone addon: a handle could not be made"};
  }
  return external;
}

napi_value number(napi_env env, double value) {
  napi_value result;
  check(napi_create_double(env, value, &result));
  return result;
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
  OptimizerSettings settings{};
  settings.rule = (Rule)toInt(env, property(env, object, "rule"), 0, 2);
  settings.learningRate = read("learningRate");
  settings.weightDecay = read("weightDecay");
  if (settings.rule == Rule::sgd) {
    settings.momentum = read("momentum");
  } else {
    settings.beta1 = read("beta1");
    settings.beta2 = read("beta2");
    settings.epsilon = read("epsilon");
  }
  return settings;
}

// openSession(engine, network, {activation, loss, freezeFirstLayer, samples, a, b, label}, optimizer)
napi_value openSession(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const auto read = [&](const char* name) { return property(env, arguments[2], name); };
  TrainingSettings settings{};
  settings.initial = toNetwork(env, arguments[1]);
  require(!settings.initial.hiddenBias, "undertone addon: training has no hidden bias");
  settings.activation = toActivation(env, read("activation"));
  settings.loss = (Loss)toInt(env, read("loss"), 0, 1);
  check(napi_get_value_bool(env, read("freezeFirstLayer"), &settings.freezeFirstLayer));
  settings.samples = toInt(env, read("samples"), 1, 1 << 30);
  const int modulus = settings.initial.modulus;
  settings.a = toTokens(env, read("a"), settings.samples, modulus);
  settings.b = toTokens(env, read("b"), settings.samples, modulus);
  settings.label = toTokens(env, read("label"), settings.samples, modulus);
  settings.optimizer = toOptimizer(env, arguments[3]);

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

// run(session, steps)
napi_value run(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  openedSession(toHandle<SessionHandle>(env, arguments[0])).run(toInt(env, arguments[1], 0, 1 << 30));
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

// weights(session, U, V, W, mu)
napi_value weights(napi_env env, napi_callback_info info) {
  Arguments<5> arguments(env, info);
  Session& session = openedSession(toHandle<SessionHandle>(env, arguments[0]));
  const size_t count = (size_t)session.modulus() * session.width();
  session.weights(toFloats(env, arguments[1], count), toFloats(env, arguments[2], count),
                  toFloats(env, arguments[3], count), toFloats(env, arguments[4], session.modulus()));
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

// multiply(engine, a [m, k], b [k, n], out [m, n], m, k, n)
napi_value multiply(napi_env env, napi_callback_info info) {
  Arguments<7> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  const auto size = [&](int i) { return toInt(env, arguments[i], 0, 1 << 30); };
  const int m = size(4), k = size(5), n = size(6);
  require(undertone::multiply(engine->kernel, engine->pool,
                              toFloats(env, arguments[1], (size_t)m * k),
                              toFloats(env, arguments[2], (size_t)k * n),
                              toFloats(env, arguments[3], (size_t)m * n), m, k, n),
          outOfMemory);
  return nullptr;
}

// applyFunction(engine, which, in, out): exp, log, normal distribution, normal density.
napi_value applyFunction(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  EngineHandle& engine = toHandle<EngineHandle>(env, arguments[0]);
  size_t length = 0;
  check(napi_get_typedarray_info(env, arguments[2], nullptr, &length, nullptr, nullptr, nullptr));
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

// Turns what a function throws into a JavaScript exception.
template <napi_value (*function)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) {
  std::string message;
  try {
    return function(env, info);
  } catch (const Failure& failure) {
    message = failure.message;
  } catch (const std::bad_alloc&) {
    message = outOfMemory;
  } catch (const std::exception& error) {
    message = error.what();
  }
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

template <napi_value (*function)(napi_env, napi_callback_info)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value value;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<function>, nullptr, &value));
  check(napi_set_named_property(env, exports, name, value));
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
    define<weights>(env, exports, "weights");
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
