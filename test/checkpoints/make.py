"""Writes the small checkpoints beside this file: the same networks in every format that others use.

Those that are committed were written by torch 2.13.0 and numpy 2.4.6. Run it in this folder: python make.py
"""

import json
import struct
from collections import OrderedDict

import numpy as np
import torch

P, M = 5, 8


def values(seed, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)
    return OrderedDict(
        [
            ("fc1.weight", normal(M, 2 * P)),
            ("fc1.bias", normal(M)),
            ("fc2.weight", normal(P, M)),
            ("fc2.bias", normal(P)),
        ]
    )


def twin(name, tensors):
    """The same tensors as F32 safetensors."""
    header, data = {}, b""
    for key, tensor in tensors.items():
        content = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
        offsets = [len(data), len(data) + len(content)]
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    with open(f"{name}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(2 * P, M)
        self.fc2 = torch.nn.Linear(M, P)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


single = values(1)
twin("small", single)
net = Net()
net.load_state_dict(single)

# A module's own state dict carries _metadata, which pickle sets with BUILD.
torch.save(net.state_dict(), "zip.pt")
torch.save(net.state_dict(), "legacy.pth", _use_new_zipfile_serialization=False)
for protocol in (3, 4, 5):
    torch.save(net.state_dict(), f"protocol{protocol}.pt", pickle_protocol=protocol)
torch.save(
    net.state_dict(), "legacy4.pth", pickle_protocol=4, _use_new_zipfile_serialization=False
)
# Parameters, not plain tensors.
torch.save(dict(net.named_parameters()), "parameters.pt")

for name, dtype in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
    tensors = values(1, dtype)
    torch.save(tensors, f"{name}.pt")
    twin(name, tensors)

# As training scripts keep them.
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
net(torch.eye(2 * P)).pow(2).mean().backward()
before = OrderedDict((key, tensor.clone()) for key, tensor in net.state_dict().items())
optimizer.step()
checkpoint = {
    "epoch": 3,
    "model_state_dict": OrderedDict(("module." + key, tensor) for key, tensor in before.items()),
    "optimizer": optimizer.state_dict(),
    "losses": [2.5, 1.25, 0.625],
    "config": {"task": "add", "p": P, "tied": False, "seed": 2**40, "note": None, "shape": (P, M)},
}
torch.save(checkpoint, "training.pt")
torch.save(checkpoint, "training-legacy.pt", _use_new_zipfile_serialization=False)
# A whole module: its pickle asks for the class.
torch.save(net, "module.pt")

# Views: U and V share one storage with what lies between; W is transposed, mu every second element.
shared = torch.cat([single["fc1.weight"], torch.full((M, 1), 9.0)], dim=1)
wide = torch.stack([single["fc2.bias"], torch.full((P,), 9.0)], dim=1)
views = {
    "U": shared[:, :P],
    "V": shared[:, P : 2 * P],
    "W": single["fc2.weight"].t().contiguous().t(),
    "mu": wide[:, 0],
    "hidden_bias": single["fc1.bias"],
}
torch.save(views, "views.pt")
torch.save(views, "views-legacy.pt", _use_new_zipfile_serialization=False)
# The other way round, as x @ U wants them.
turned = {key: tensor.t().contiguous() if tensor.dim() == 2 else tensor for key, tensor in views.items()}
torch.save(turned, "turned.pt")

arrays = {key: tensor.numpy() for key, tensor in single.items()}
own = {key: np.ascontiguousarray(tensor.numpy()) for key, tensor in views.items()}
np.savez("stored.npz", **own)
np.savez_compressed("compressed.npz", **arrays)
np.savez("fortran.npz", **{key: np.asfortranarray(array) for key, array in arrays.items()})
np.savez("big-endian.npz", **{key: array.astype(">f4") for key, array in own.items()}, step=np.array(7), task=np.array("add"))
np.savez("half.npz", **{key: array.astype("<f2") for key, array in arrays.items()})
np.savez("turned.npz", **{key: array.T for key, array in own.items()})
np.savez("object.npz", **{**own, "U": np.array([{}], dtype=object)})
