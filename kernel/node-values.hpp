// Values of JavaScript as C++ values and back, over the Node-API in C. Every helper throws `Failure`
// where a value isn't what it should be; `guarded` turns that into a JavaScript exception.
#pragma once
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdint.h>

#include <new>
#include <string>

namespace undertone {
namespace {

constexpr const char* outOfMemory = "undertone: out of memory";

// Thrown by the helpers below once a JavaScript exception is pending or described.
struct Failure {
  std::string message;
};

void require(bool condition, const char* message) {
  if (!condition) throw Failure{message};
}
void check(napi_status status) { require(status == napi_ok, "undertone addon: a Node-API call failed"); }

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

bool toBool(napi_env env, napi_value value) {
  bool result;
  check(napi_get_value_bool(env, value, &result));
  return result;
}

template <typename Element>
constexpr napi_typedarray_type typeOf = napi_float32_array;
template <>
constexpr napi_typedarray_type typeOf<uint16_t> = napi_uint16_array;
template <>
constexpr napi_typedarray_type typeOf<uint32_t> = napi_uint32_array;

size_t typedLength(napi_env env, napi_value value) {
  bool isTyped = false;
  check(napi_is_typedarray(env, value, &isTyped));
  require(isTyped, "undertone addon: a typed array was expected");
  size_t length;
  check(napi_get_typedarray_info(env, value, nullptr, &length, nullptr, nullptr, nullptr));
  return length;
}

template <typename Element>
Element* toArray(napi_env env, napi_value value, size_t length) {
  napi_typedarray_type type;
  void* data;
  const size_t actual = typedLength(env, value);
  check(napi_get_typedarray_info(env, value, &type, nullptr, &data, nullptr, nullptr));
  require(type == typeOf<Element> && actual == length, "undertone addon: wrong type or length of an array");
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
