"""Writes the transformers beside this file, and transformers.json: logits that PyTorch computed from them.

One layer, trained or drawn for arithmetic modulo a small P, as TransformerLens stores them, and as the
notebook of Nanda et al. (2023) does. Those that are committed were written by torch 2.13.0, numpy 2.4.6 and
transformer_lens 3.9.0 (4.0 has no HookedTransformer). Run it in this folder: python make_transformers.py (two
minutes; the training is most).
"""

import json
from collections import OrderedDict

import numpy as np
import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig

torch.set_num_threads(1)
golden = {}


def hooked(p, seed, outputs, norm=None, act="relu", d_model=16, d_head=4, d_mlp=24, n_ctx=3, d_vocab=None, **more):
    config = HookedTransformerConfig(
        n_layers=1,
        n_heads=2,
        d_model=d_model,
        d_head=d_head,
        d_mlp=d_mlp,
        d_vocab=d_vocab or p + 1,
        d_vocab_out=outputs,
        n_ctx=n_ctx,
        act_fn=act,
        normalization_type=norm,
        seed=seed,
        device="cpu",
        **more,
    )
    model = HookedTransformer(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        # Drawn wider than for training, biases and gains too, so that every part shows in the logits.
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            is_gain = name.endswith(".w")
            parameter.copy_(1 + 0.3 * noise if is_gain else noise * (0.4 if "W_" in name else 0.3))
    return model


def pairs(p, equals=True):
    a, b = torch.meshgrid(torch.arange(p), torch.arange(p), indexing="ij")
    columns = [a.flatten(), b.flatten()]
    return torch.stack(columns + ([torch.full((p * p,), p)] if equals else []), dim=1)


def record(name, logits, p):
    """Every 7th pair is enough; in double precision, as the model was cast to it for that."""
    rows = logits[:, -1, :p].detach().to(torch.float64)[::7]
    golden[name] = [[round(value, 7) for value in row] for row in rows.tolist()]


def record_hooked(name, model, p, equals=True):
    record(name, model.to(torch.float64)(pairs(p, equals)), p)
    model.to(torch.float32)


class Notebook(torch.nn.Module):
    """The names, shapes and formulas of the notebook, written out anew."""

    def __init__(self, p, seed, d=16, heads=2, h=8, m=24):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        draw = lambda *shape: torch.nn.Parameter(0.4 * torch.randn(*shape, generator=generator))
        part = lambda **tensors: self.part(tensors)
        self.embed = part(W_E=draw(d, p + 1))
        self.pos_embed = part(W_pos=draw(3, d))
        attention = part(W_K=draw(heads, h, d), W_Q=draw(heads, h, d), W_V=draw(heads, h, d), W_O=draw(d, heads * h))
        attention.register_buffer("mask", torch.tril(torch.ones(3, 3)))
        mlp = part(W_in=draw(m, d), b_in=draw(m), W_out=draw(d, m), b_out=draw(d))
        block = torch.nn.Module()
        block.attn, block.mlp = attention, mlp
        self.blocks = torch.nn.ModuleList([block])
        self.unembed = part(W_U=draw(d, p + 1))

    @staticmethod
    def part(tensors):
        module = torch.nn.Module()
        for name, tensor in tensors.items():
            setattr(module, name, tensor)
        return module

    def forward(self, tokens):
        x = self.embed.W_E.t()[tokens] + self.pos_embed.W_pos
        attention, mlp = self.blocks[0].attn, self.blocks[0].mlp
        q, k, v = (torch.einsum("ihd,bpd->biph", w, x) for w in (attention.W_Q, attention.W_K, attention.W_V))
        scores = torch.einsum("biqh,bikh->biqk", q, k) / np.sqrt(q.shape[-1])
        scores = scores.masked_fill(attention.mask == 0, float("-inf"))
        z = torch.einsum("biqk,bikh->bqih", scores.softmax(-1), v).flatten(2)
        r = x + z @ attention.W_O.t()
        s = r + torch.relu(r @ mlp.W_in.t() + mlp.b_in) @ mlp.W_out.t() + mlp.b_out
        return s @ self.unembed.W_U


def trained(name, p, seed, d_model=32, heads=2, d_mlp=96, share=0.6, noise=0.0, steps=5000):
    """Full-batch AdamW on a + b, part of its labels wrong. Returns the model and its training rows."""
    config = HookedTransformerConfig(
        n_layers=1, n_heads=heads, d_model=d_model, d_head=d_model // heads, d_mlp=d_mlp, d_vocab=p + 1,
        d_vocab_out=p, n_ctx=3, act_fn="relu", normalization_type=None, seed=seed, device="cpu",
    )
    model = HookedTransformer(config)
    generator = torch.Generator().manual_seed(seed)
    data = pairs(p)
    true = (data[:, 0] + data[:, 1]) % p
    train = torch.randperm(p * p, generator=generator)[: int(share * p * p)]
    label = true.clone()
    wrong = train[: int(noise * len(train))]
    label[wrong] = (true[wrong] + torch.randint(1, p, (len(wrong),), generator=generator)) % p
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1.0, betas=(0.9, 0.98))
    for step in range(steps):
        logits = model(data[train])[:, -1]
        loss = torch.nn.functional.cross_entropy(logits, label[train])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 500 == 0 or step == steps - 1:
            with torch.no_grad():
                answers = model(data)[:, -1].argmax(-1)
            held = torch.ones(p * p, dtype=torch.bool)
            held[train] = False
            right = lambda mask, wanted: (answers == wanted)[mask].float().mean().item()
            print(step, f"loss {loss.item():.4f} train {right(train, label):.3f} test {right(held, true):.3f}", flush=True)
    with open(f"{name}.csv", "w") as file:
        file.write("a,b,label\n")
        for row in sorted(train.tolist()):
            file.write(f"{data[row, 0]},{data[row, 1]},{label[row]}\n")
    return model


# As TransformerLens stores it, buffers included; each part in one file or another.
plain = hooked(11, 1, 11)
torch.save(plain.state_dict(), "transformer.pt")
record_hooked("transformer.pt", plain, 11)
torch.save(plain.state_dict(), "transformer-legacy.pth", _use_new_zipfile_serialization=False)
np.savez_compressed("transformer.npz", **{key: tensor.numpy() for key, tensor in plain.state_dict().items()})
for name, dtype in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
    state = OrderedDict((key, tensor.to(dtype) if tensor.is_floating_point() else tensor) for key, tensor in plain.state_dict().items())
    torch.save(state, f"transformer-{name}.pt")

# Layer norms and GELU, an output for "=", a checkpoint with a config around it.
normed = hooked(12, 2, 13, norm="LN", act="gelu", d_head=8)
record_hooked("transformer-checkpoint.pt", normed, 12)
torch.save(
    {
        "model": normed.state_dict(),
        "config": {"p": 12, "act_fn": "gelu", "normalization_type": "LN", "n_heads": 2},
        "train_losses": [np.float64(2.5), np.float32(1.25)],
        "shape": torch.Size([12, 12]),
        "epoch": np.int64(400),
    },
    "transformer-checkpoint.pt",
)

# Without layer norm's gains (LNPre stores none, so that its config has to say it), without "=".
pre = hooked(13, 3, 13, norm="RMSPre", n_ctx=2, d_vocab=13)
record_hooked("transformer-two-tokens.pt", pre, 13, equals=False)
torch.save({"model": pre.state_dict(), "config": {"act_fn": "relu", "normalization_type": "RMSPre"}}, "transformer-two-tokens.pt")

# No MLP.
attention = hooked(11, 4, 11, attn_only=True)
record_hooked("transformer-attention.pt", attention, 11)
torch.save(attention.state_dict(), "transformer-attention.pt")

# The notebook's: other orientations under the same names; checkpoints of one run in a list.
notebook = Notebook(11, 5)
record("transformer-notebook.pth", notebook.to(torch.float64)(pairs(11)), 11)
notebook.to(torch.float32)
untrained = Notebook(11, 6)
torch.save(
    {
        "config": {"p": 11, "act_type": "ReLU", "use_ln": False},
        "epochs": [0, 100],
        "state_dicts": [untrained.state_dict(), notebook.state_dict()],
    },
    "transformer-notebook.pth",
)

with open("transformers.json", "w") as file:
    json.dump(golden, file, separators=(",", ":"))

# A rule that was learned: half precision keeps the file small.
model = trained("transformer-add-p29", 29, 0)
torch.save(
    OrderedDict((key, tensor.half() if tensor.is_floating_point() else tensor) for key, tensor in model.state_dict().items()),
    "transformer-add-p29.pt",
)
