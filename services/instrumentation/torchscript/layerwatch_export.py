"""Writes any causal decoder of PyTorch as a TorchScript archive that Layerwatch observes.

The archive takes token ids [B, T] and, where it is to skip layers, a mask [layers] of ones and
zeros. It returns what enters the first block, what each block puts out, and the logits. The
manifest beside it, layerwatch.json, says which output is which.
"""

import json
from pathlib import Path

import torch

ARCHIVE = "model.pt"
MANIFEST = "layerwatch.json"
TRACED_LENGTH = 7
CHECKED_SHAPES = [(1, 1), (1, 2), (1, 12), (2, 5)]
TOLERANCE = 1e-3


class Blocks:
    """Hooks on the decoder's blocks, which see the residual stream and can undo a block."""

    def __init__(self, blocks):
        self.states = []
        self.mask = None
        self._hooks = [self._watch(index, block) for index, block in enumerate(blocks)]

    def leave(self):
        for hook in self._hooks:
            hook.remove()

    def _watch(self, index, block):
        def hook(module, arguments, keywords, output):
            return self._passed(index, arguments[0] if arguments else keywords["hidden_states"], output)

        try:
            return block.register_forward_hook(hook, with_kwargs=True)
        except TypeError:  # before PyTorch 2.0
            return block.register_forward_hook(lambda module, arguments, output: hook(module, arguments, {}, output))

    def _passed(self, index, entered, output):
        left = output[0] if isinstance(output, tuple) else output
        if self.mask is not None:
            left = torch.where(self.mask[index] > 0, left, entered)
        self.states.extend([left] if index else [entered, left])
        return (left, *output[1:]) if isinstance(output, tuple) else left


class Observed(torch.nn.Module):
    """The model with its residual stream: (first block's input, each block's output, logits)."""

    def __init__(self, model, blocks, logits_of):
        super().__init__()
        self.model = model
        self.blocks = Blocks(blocks)
        self._logits_of = logits_of

    def forward(self, tokens, layer_mask=None):
        self.blocks.states.clear()
        self.blocks.mask = layer_mask
        logits = self._logits_of(self.model, tokens)
        return (*self.blocks.states, logits)


def find_blocks(model, layer_count, path=None):
    """The decoder's list of blocks: at the path, or the only list that is as long."""
    if path:
        return model.get_submodule(path)
    found = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == layer_count
    }
    if len(found) != 1:
        raise SystemExit(f"expected one list of {layer_count} blocks, found {sorted(found)}; name it with --blocks")
    return next(iter(found.values()))


def export(model, blocks, logits_of, directory, *, vocabulary, context, end_tokens, layer_mask=True):
    """Traces the model, holds the trace against the model, and writes archive and manifest.

    model: takes no gradient from here on; blocks: its list of blocks, each of which takes and
    returns the residual stream first; logits_of(model, tokens): logits [B, T, vocabulary] of
    tokens [B, T].
    """
    model.eval()
    layers = len(blocks)
    observed = Observed(model, blocks, logits_of).eval()
    with torch.no_grad():
        example = _inputs(1, TRACED_LENGTH, vocabulary, layers, layer_mask, model)
        traced = torch.jit.trace(observed, example, strict=False, check_trace=False)
        _check(traced, observed, vocabulary, layers, layer_mask, model)
    observed.blocks.leave()
    hidden = traced(*example)[0].shape[-1]
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    traced.save(str(directory / ARCHIVE))
    manifest = {
        "formatVersion": 1,
        "archive": ARCHIVE,
        "layerCount": layers,
        "hiddenSize": hidden,
        "vocabularySize": vocabulary,
        "contextLength": context,
        "endTokens": end_tokens,
        "layerMaskInput": layer_mask,
        "outputs": {
            "firstBlockInput": 0,
            "blockOutputs": list(range(1, layers + 1)),
            "logits": layers + 1,
        },
        "size": _size(model, blocks),
    }
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def _inputs(batch, length, vocabulary, layers, layer_mask, model, skipped=()):
    device = next(model.parameters()).device
    tokens = torch.randint(vocabulary, (batch, length), generator=torch.Generator().manual_seed(length))
    mask = torch.tensor([0.0 if layer in skipped else 1.0 for layer in range(layers)])
    return (tokens.to(device), mask.to(device)) if layer_mask else (tokens.to(device),)


def _check(traced, observed, vocabulary, layers, layer_mask, model):
    """A trace records one run: whatever that run did not depend on has become a constant."""
    for batch, length in CHECKED_SHAPES:
        inputs = _inputs(batch, length, vocabulary, layers, layer_mask, model)
        case = f"{batch} sequences of {length} tokens"
        _compare(_run(traced, inputs, case), observed(*inputs), case)
    if layer_mask:
        inputs = _inputs(1, 5, vocabulary, layers, layer_mask, model, skipped={0, layers - 1})
        case = "first and last layer skipped"
        outputs = _run(traced, inputs, case)
        _compare(outputs, observed(*inputs), case)
        if not torch.equal(outputs[0], outputs[1]) or not torch.equal(outputs[-3], outputs[-2]):
            raise SystemExit("a skipped layer changed the residual stream")


def _run(traced, inputs, case):
    try:
        return traced(*inputs)
    except RuntimeError as failure:
        reason = str(failure).strip().splitlines()[-1]
        raise SystemExit(f"{case}: the trace does not generalise: {reason}") from failure


def _compare(actual, expected, case):
    for index, (got, wanted) in enumerate(zip(actual, expected)):
        difference = (got.double() - wanted.double()).abs().max().item()
        if got.shape != wanted.shape or difference > TOLERANCE * (1 + wanted.double().abs().max().item()):
            raise SystemExit(f"{case}: output {index} of the trace is not the model's: the trace does not generalise")


def _size(model, blocks):
    layer = [_parameters(block) for block in blocks]
    multiply_adds = [_multiply_adds(block) for block in blocks]
    return {
        "layerParameters": round(sum(layer) / len(layer)),
        "modelParameters": _parameters(model),
        "layerMultiplyAdds": round(sum(multiply_adds) / len(multiply_adds)),
        "modelMultiplyAdds": _multiply_adds(model),
    }


def _parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def _multiply_adds(module):
    """One a token for each element of a matrix that is multiplied by, which a lookup is not."""
    return sum(
        part.weight.numel()
        for part in module.modules()
        if not isinstance(part, torch.nn.Embedding)
        and isinstance(getattr(part, "weight", None), torch.Tensor)
        and part.weight.dim() == 2
    )
