"""Makes the archive that the tests load, of an architecture that Layerwatch itself does not have.

    python3 export_example.py ../src/test/resources/torchscript-example

A decoder of 3 layers with random weights: positions by linear biases on the attention scores
(ALiBi), squared ReLU, LayerNorm. The values that it should give, expected.json, are computed by
the model itself in double precision, without the export. Needs torch alone.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from torch import nn

from layerwatch_export import export, find_blocks

LAYERS, HIDDEN, HEADS, INNER, VOCABULARY, CONTEXT = 3, 16, 2, 24, 258, 64
PROMPT = [256, 72, 101, 108, 108, 111]
TOKENIZER = Path(__file__).parent / "../../standalone/demo/shakespeare-12l/tokenizer.json"


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before_attention = nn.LayerNorm(HIDDEN)
        self.mixed = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.before_inner = nn.LayerNorm(HIDDEN)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)

    def forward(self, x, bias):
        split = self.mixed(self.before_attention(x)).unflatten(2, (3, HEADS, -1))  # [B, T, 3, H, h]
        query, key, value = (part.transpose(1, 2) for part in split.unbind(2))  # [B, H, T, h] each
        scores = query @ key.transpose(2, 3) / (HIDDEN / HEADS) ** 0.5 + bias
        x = x + self.attended((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))
        x = x + self.down(torch.relu(self.up(self.before_inner(x))) ** 2)
        return (x,)  # a tuple, as blocks of transformers return


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, HIDDEN)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(HIDDEN)
        self.head = nn.Linear(HIDDEN, VOCABULARY, bias=False)
        self.register_buffer("slopes", torch.tensor([2.0 ** -(8 * (head + 1) / HEADS) for head in range(HEADS)]))

    def forward(self, tokens, skipped=(), states=None):
        x = self.embedding(tokens)
        states = [] if states is None else states
        states.append(x)
        for layer, block in enumerate(self.blocks):
            x = x if layer in skipped else block(x, self._bias(tokens, x.dtype))[0]
            states.append(x)
        return self.head(self.norm(x))

    def _bias(self, tokens, dtype):
        position = torch.arange(tokens.shape[1], device=tokens.device)
        ago = position[:, None] - position[None, :]  # [T, T]
        bias = -self.slopes[:, None, None] * ago.to(dtype)
        return bias.masked_fill(ago < 0, float("-inf"))


def expected(model, skipped):
    states = []
    logits = model(torch.tensor([PROMPT]), skipped, states)[0]
    numbers = lambda array: [[round(x, 8) for x in row] for row in array.tolist()]
    return {"skipped": list(skipped), "states": [numbers(x[0]) for x in states], "logits": numbers(logits)}


def main():
    directory = Path(sys.argv[1])
    torch.manual_seed(20)
    model = Decoder().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape))
    export(
        model,
        find_blocks(model, LAYERS),
        lambda decoder, tokens: decoder(tokens),
        directory,
        vocabulary=VOCABULARY,
        context=CONTEXT,
        end_tokens=[257],
    )
    with torch.no_grad():
        model.double()
        cases = [expected(model, ()), expected(model, (1,))]
    (directory / "expected.json").write_text(json.dumps({"tokens": PROMPT, "cases": cases}) + "\n")
    shutil.copy(TOKENIZER, directory)


if __name__ == "__main__":
    main()
