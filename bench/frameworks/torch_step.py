"""The training step in PyTorch: as people write it, and tuned in every way that was found to help."""

import torch
import torch.nn.functional as F
from torch import nn

LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.1


def version():
    return f"PyTorch {torch.__version__} ({blas()})"


def blas():
    if "BLAS_INFO=mkl" in torch.__config__.show():
        return "MKL"
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            return "OpenBLAS" if "openblas" in maps.read() else "the system's BLAS"
    except OSError:
        return "the system's BLAS"


def has_onednn():
    return hasattr(torch.ops.mkldnn, "_linear_pointwise")


def variants():
    """Names with their kind: as people write it ("plain"), "tuned", and without autograd ("by hand")."""
    names = {"one-hot": "plain", "embedding": "plain", "tuned": "tuned"}
    if hasattr(torch, "compile"):
        names["compiled"] = "tuned"
    names |= {"by-hand": "by hand", "by-hand-chunked": "by hand"}
    if has_onednn():
        names |= {"by-hand-onednn": "by hand", "by-hand-onednn-chunked": "by hand"}
    return names


def create(variant, problem, threads):
    """A function that takes one step and returns the loss before it (a tensor or a number)."""
    torch.set_num_threads(threads)
    if variant in ("one-hot", "embedding"):
        return as_people_write_it(problem, one_hot=variant == "one-hot")
    if variant == "tuned":
        return tuned(problem, compiled=False)
    if variant == "compiled":
        return tuned(problem, compiled=True)
    chunk = chunk_rows(problem, threads) if variant.endswith("-chunked") else None
    return by_hand(problem, onednn="onednn" in variant, chunk=chunk)


def chunk_rows(problem, threads):
    """Rows whose hidden layer takes about 1.5 MB a thread and so stays in the cache: the fastest found."""
    return max(192, 1_500_000 * threads // (4 * problem["width"]))


class OneHotNetwork(nn.Module):
    def __init__(self, modulus, width):
        super().__init__()
        self.modulus = modulus
        self.hidden = nn.Linear(2 * modulus, width, bias=False)
        self.output = nn.Linear(width, modulus)

    def load(self, U, V, W, mu):
        self.hidden.weight.data.copy_(torch.cat([U, V], dim=1))
        self.output.weight.data.copy_(W)
        self.output.bias.data.copy_(mu)

    def inputs(self, a, b):
        return (torch.cat([F.one_hot(a, self.modulus), F.one_hot(b, self.modulus)], dim=1).float(),)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


class EmbeddingNetwork(nn.Module):
    def __init__(self, modulus, width):
        super().__init__()
        self.first = nn.Embedding(modulus, width)
        self.second = nn.Embedding(modulus, width)
        self.output = nn.Linear(width, modulus)

    def load(self, U, V, W, mu):
        self.first.weight.data.copy_(U.T)
        self.second.weight.data.copy_(V.T)
        self.output.weight.data.copy_(W)
        self.output.bias.data.copy_(mu)

    def inputs(self, a, b):
        return a, b

    def forward(self, a, b):
        return self.output(torch.relu(self.first(a) + self.second(b)))


def as_people_write_it(problem, one_hot):
    """Modules, rows in random order, the optimizer as it comes."""
    network_type = OneHotNetwork if one_hot else EmbeddingNetwork
    network = network_type(problem["modulus"], problem["width"])
    network.load(*(torch.from_numpy(problem[name]) for name in ("U", "V", "W", "mu")))
    order = torch.randperm(problem["samples"], generator=torch.Generator().manual_seed(0))
    a, b, label = (torch.from_numpy(problem[name]).long()[order] for name in ("a", "b", "label"))
    inputs = network.inputs(a, b)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    criterion = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = criterion(network(*inputs), label)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def adamw(parameters):
    """The fused optimizer where this version has it for processors, else the one over lists."""
    common = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY}
    try:
        return torch.optim.AdamW(parameters, fused=True, **common)
    except (RuntimeError, TypeError):
        return torch.optim.AdamW(parameters, foreach=True, **common)


def tuned(problem, compiled):
    """Lookups in transposed tables, rows sorted by a, ReLU in place, fused optimizer, autograd."""
    U, V, W = (torch.from_numpy(problem[name]).clone() for name in ("U", "V", "W"))
    parameters = [U.T.contiguous(), V.T.contiguous(), W, torch.from_numpy(problem["mu"]).clone()]
    for parameter in parameters:
        parameter.requires_grad_()
    a, b, label = (torch.from_numpy(problem[name]).long() for name in ("a", "b", "label"))
    optimizer = adamw(parameters)

    def loss_of(U, V, W, mu):
        hidden = (F.embedding(a, U) + F.embedding(b, V)).relu_()
        return F.cross_entropy(F.linear(hidden, W, mu), label)

    if compiled:
        loss_of = torch.compile(loss_of, dynamic=False)

    def step():
        loss = loss_of(*parameters)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def by_hand(problem, onednn, chunk):
    """No autograd: the gradient written out into buffers that are allocated once."""
    n, P, M = problem["samples"], problem["modulus"], problem["width"]
    U, V = (torch.from_numpy(problem[name]).T.contiguous() for name in ("U", "V"))
    W, mu = (torch.from_numpy(problem[name]).clone() for name in ("W", "mu"))
    parameters = [U, V, W, mu]
    a, b, label = (torch.from_numpy(problem[name]).long() for name in ("a", "b", "label"))
    optimizer = adamw(parameters)
    gradients = [torch.empty_like(parameter) for parameter in parameters]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    dU, dV, dW, dmu = gradients
    rows = min(n, chunk or n)
    hidden, gathered, d_hidden = (torch.empty(rows, M) for _ in range(3))
    logits = torch.empty(rows, P)
    chunks = [slice(start, min(start + rows, n)) for start in range(0, n, rows)]

    def step():
        for gradient in gradients:
            gradient.zero_()
        total = 0.0
        W_transposed = W.T.contiguous() if onednn else None
        for part in chunks:
            a_part, b_part, label_part = a[part], b[part], label[part]
            count = len(a_part)
            H, G, dH, Z = hidden[:count], gathered[:count], d_hidden[:count], logits[:count]
            torch.index_select(U, 0, a_part, out=H)
            torch.index_select(V, 0, b_part, out=G)
            H.add_(G).relu_()
            if onednn:
                Z = torch.ops.mkldnn._linear_pointwise(H, W, mu, "none", [], "")
            else:
                torch.addmm(mu, H, W.T, out=Z)
            log_p = torch.log_softmax(Z, dim=1)
            total += F.nll_loss(log_p, label_part, reduction="sum")
            dZ = log_p.exp_()
            dZ[torch.arange(count), label_part] -= 1
            dZ.div_(n)
            dmu.add_(dZ.sum(0))
            if onednn:
                dH = torch.ops.mkldnn._linear_pointwise(dZ, W_transposed, None, "none", [], "")
                # oneDNN wants both operands along the summed dimension.
                dW.add_(
                    torch.ops.mkldnn._linear_pointwise(
                        dZ.T.contiguous(), H.T.contiguous(), None, "none", [], ""
                    )
                )
            else:
                torch.mm(dZ, W, out=dH)
                dW.addmm_(dZ.T, H)
            torch.ops.aten.threshold_backward(dH, H, 0, grad_input=dH)
            dU.index_add_(0, a_part, dH)
            dV.index_add_(0, b_part, dH)
        optimizer.step()
        return total / n

    return torch.no_grad()(step)
