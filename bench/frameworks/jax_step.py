"""The training step in JAX: compiled as a whole, buffers donated."""

import jax
import jax.numpy as jnp

LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.1
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def version():
    return f"JAX {jax.__version__}"


def variants():
    """Names with their kind (see torch_step.py)."""
    return {"one-hot": "plain", "lookup": "tuned", "lookup-one-hot": "tuned"}


def create(variant, problem, threads):
    """A function that takes one step and returns the loss before it. The caller limits the threads."""
    del threads
    modulus, n = problem["modulus"], problem["samples"]
    a, b, label = (jnp.asarray(problem[name]) for name in ("a", "b", "label"))
    one_hot_a, one_hot_b = jax.nn.one_hot(a, modulus), jax.nn.one_hot(b, modulus)

    @jax.custom_vjp
    def rows_of(table, tokens, one_hot):
        return table[tokens]

    # A lookup forward, but a product backward: XLA scatters row by row on processors.
    rows_of.defvjp(
        lambda table, tokens, one_hot: (table[tokens], one_hot),
        lambda one_hot, gradient: (one_hot.T @ gradient, None, None),
    )

    def hidden_of(U, V):
        if variant == "one-hot":
            return one_hot_a @ U + one_hot_b @ V
        if variant == "lookup":
            return U[a] + V[b]
        return rows_of(U, a, one_hot_a) + rows_of(V, b, one_hot_b)

    def loss_of(parameters):
        U, V, W, mu = parameters
        logits = jax.nn.relu(hidden_of(U, V)) @ W + mu
        log_p = jax.nn.log_softmax(logits)
        return -log_p[jnp.arange(n), label].mean()

    def update(parameters, first, second, t):
        loss, gradients = jax.value_and_grad(loss_of)(parameters)
        t = t + 1
        correction1, correction2 = 1 - BETA1**t, 1 - BETA2**t
        first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradients)
        second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradients)
        parameters = jax.tree.map(
            lambda x, m, v: x * (1 - LEARNING_RATE * WEIGHT_DECAY)
            - LEARNING_RATE * (m / correction1) / (jnp.sqrt(v / correction2) + EPSILON),
            parameters,
            first,
            second,
        )
        return parameters, first, second, t, loss

    update = jax.jit(update, donate_argnums=(0, 1, 2, 3))
    parameters = [jnp.array(problem[name].T) for name in ("U", "V", "W")]
    parameters.append(jnp.array(problem["mu"]))
    state = [
        parameters,
        [jnp.zeros_like(x) for x in parameters],
        [jnp.zeros_like(x) for x in parameters],
        jnp.float32(0),
    ]

    def step():
        *state[:], loss = update(*state)
        return loss

    return step
