"""Exports a causal language model of Hugging Face's transformers for Layerwatch.

    python3 export_torchscript.py --model MODEL --output DIR

MODEL is what from_pretrained takes: a directory or a name. Needs torch and transformers.
"""

import argparse

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from layerwatch_export import export, find_blocks


def logits_of(model, tokens):
    return model(input_ids=tokens, use_cache=False, return_dict=False)[0]


def first(config, *names):
    return next((value for name in names if (value := getattr(config, name, None)) is not None), None)


def end_tokens(model):
    ids = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    ids = model.config.eos_token_id if ids is None else ids
    return [] if ids is None else list(ids) if isinstance(ids, (list, tuple)) else [ids]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--blocks", help="path of the list of blocks, such as model.layers")
    parser.add_argument("--context", type=int, help="most tokens of a sequence, where config.json does not say")
    parser.add_argument("--dtype", default="float32", choices=["float32", "float16", "bfloat16"])
    parser.add_argument("--device", default="cpu", help="trace on the device that the archive will run on")
    parser.add_argument("--no-layer-mask", action="store_true", help="an archive that cannot skip layers")
    given = parser.parse_args()

    model = AutoModelForCausalLM.from_pretrained(
        given.model,
        torch_dtype=getattr(torch, given.dtype),
        # Other implementations branch on shapes in Python, which a trace would fix.
        attn_implementation="eager",
    ).to(given.device)
    config = model.config
    layers = first(config, "num_hidden_layers", "n_layer", "num_layers")
    context = given.context or first(config, "max_position_embeddings", "n_positions", "max_seq_len")
    if layers is None or context is None:
        raise SystemExit("config.json does not say how many layers or positions there are; see --blocks, --context")
    export(
        model,
        find_blocks(model, layers, given.blocks),
        logits_of,
        given.output,
        vocabulary=model.get_output_embeddings().weight.shape[0],
        context=context,
        end_tokens=end_tokens(model),
        layer_mask=not given.no_layer_mask,
    )
    AutoTokenizer.from_pretrained(given.model).save_pretrained(given.output)


if __name__ == "__main__":
    main()
