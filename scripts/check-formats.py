"""The Python side of scripts/check-formats, which see. Run in one environment at a time:

  check-formats.py prepare PETL WORK   writes clips, features and what petl saves into WORK
  check-formats.py compare PETL WORK   compares with the packages of this environment
"""
import contextlib, io, json, math, os, random, struct, subprocess, sys, warnings, wave

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import ASTConfig, ASTForAudioClassification, ASTModel
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
LIMIT = 1e-4
CLASSES = ["hum", "noise", "tone"]
AST = "audio_spectrogram_transformer."
mode, PETL, WORK = sys.argv[1:]
IS_4 = transformers.__version__.startswith("4.")
failures = []
torch.manual_seed(3)


# The clips: one a class, shorter and longer than the 10.24 s of 1024 frames.


def samples(name, seconds):
    draw = random.Random(name)
    for i in range(int(16000 * seconds)):
        t = i / 16000
        yield {
            "hum": 0.3 * math.sin(2 * math.pi * 100 * t) + 0.2 * math.sin(2 * math.pi * 300 * t),
            "noise": draw.uniform(-0.4, 0.4),
            "tone": 0.5 * math.sin(2 * math.pi * (400 + 200 * t) * t) + draw.uniform(-0.01, 0.01),
        }[name]


def write_clips():
    for name, seconds in zip(CLASSES, [3, 12, 1.7]):
        os.makedirs(f"{WORK}/clips/{name}")
        with wave.open(f"{WORK}/clips/{name}/a.wav", "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            numbers = [round(32767 * x) for x in samples(name, seconds)]
            file.writeframes(struct.pack(f"<{len(numbers)}h", *numbers))


def waveforms():
    for name in CLASSES:
        with wave.open(f"{WORK}/clips/{name}/a.wav") as file:
            yield np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32768)


# petl.

CLIPS = f"""
clips = dataset "folder", path: "{WORK}/clips", frames: 1024
"""
WAVES = f"""
clips = dataset "folder", path: "{WORK}/clips", features: "waveform", seconds: 1
"""


def petl(script, clips=CLIPS):
    """Runs a script that makes a model `net`; returns its logits of the clips."""
    path, out = f"{WORK}/script.petl", f"{WORK}/logits.json"
    with open(path, "w") as file:
        file.write(f'{clips}{script}\nresult = evaluate net, clips\n')
        file.write(f'write json result.logits, "{out}"\n')
    run = subprocess.run(
        [PETL, "run", path], capture_output=True, text=True,
        env={**os.environ, "XDG_CACHE_HOME": f"{WORK}/cache"})
    if run.returncode:
        sys.exit(f"petl failed:\n{run.stdout}{run.stderr}\nThe script was:{script}")
    return torch.tensor(json.load(open(out)))


def row(what, found, expected, before=None):
    """One line of the result; `before` are logits that a method must have changed."""
    difference = (found - expected).abs().max().item()
    fits = found.shape == expected.shape and difference <= LIMIT
    note = f"logits up to {expected.abs().max().item():.2f}"
    if before is not None:
        change = (expected - before).abs().max().item()
        fits = fits and change > 100 * LIMIT
        note = f"changes the logits by {change:.2f}"
    if not fits:
        failures.append(what)
    print(f"{what:66} {difference:8.1e}  {'ok  ' if fits else 'FAIL'}  ({note})", flush=True)


# transformers.


def scatter(model):
    """Random values everywhere, so that no zero or one hides a mistake."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn_like(p)
            if "norm" in name and name.endswith("weight") and p.dim() == 1:
                p.copy_(1 + 0.1 * noise)
            elif name.endswith(("weight_g", "original0")):
                p.copy_(1 + 0.1 * noise.abs())
            else:
                p.copy_(noise * (0.1 if p.dim() == 1 else 0.5 if "embeddings." in name
                                 and "projection" not in name else 0.05))
    return model.eval()


@torch.no_grad()
def logits(model):
    return model.eval()(FEATURES).logits


def quiet(call, *arguments, **options):
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        return call(*arguments, **options)


def load(kind, folder):
    return quiet(kind.from_pretrained, folder).eval()


@torch.no_grad()
def petls_head(hidden, file, prefix=""):
    """petl's head: one linear layer on the mean of the hidden states."""
    tensors = load_file(file)
    weight, bias = (tensors[f"{prefix}classification_head.{k}"] for k in ("weight", "bias"))
    return hidden.mean(1) @ weight.T + bias


# What is compared.


def saved_by_petl(version):
    want = torch.load(f"{WORK}/saved.pt")
    row(f"{version} loads petl's model, CLS+DIST",
        logits(load(ASTForAudioClassification, f"{WORK}/saved-classifier")), want["classifier"])
    with torch.no_grad():
        hidden = load(ASTModel, f"{WORK}/saved-mean")(FEATURES).last_hidden_state
    row(f"{version} loads petl's model, mean of the hidden states",
        petls_head(hidden, f"{WORK}/saved-mean/model.safetensors"), want["mean"])


def read_by_petl(version, base, want):
    row(f"petl loads {version}: model.safetensors", petl(f'net = model "{WORK}/base"'), want)
    base.save_pretrained(f"{WORK}/sharded", max_shard_size="100MB", **safe())
    count = sum(name.endswith(".safetensors") for name in os.listdir(f"{WORK}/sharded"))
    assert count > 2
    row(f"petl loads {version}: sharded ({count} files)", petl(f'net = model "{WORK}/sharded"'),
        want)
    os.makedirs(f"{WORK}/bin", exist_ok=True)
    if IS_4:
        base.save_pretrained(f"{WORK}/bin", safe_serialization=False)
    else:
        # Version 5 writes no .bin; this one has the names of its modules.
        torch.save(base.state_dict(), f"{WORK}/bin/pytorch_model.bin")
        base.config.save_pretrained(f"{WORK}/bin")
    assert not os.path.exists(f"{WORK}/bin/model.safetensors")
    row(f"petl loads {version}: pytorch_model.bin" + ("" if IS_4 else " (torch.save)"),
        petl(f'net = model "{WORK}/bin"'), want)
    petl(f'net = model "{WORK}/base"\nsave net, "{WORK}/again"')
    old, new = load_file(f"{WORK}/base/model.safetensors"), load_file(
        f"{WORK}/again/model.safetensors")
    row(f"{version} loads it when petl has saved it again",
        logits(load(ASTForAudioClassification, f"{WORK}/again")), want)
    if IS_4 and not (old.keys() == new.keys() and all(old[k].equal(new[k]) for k in old)):
        failures.append("names or values of the tensors saved again")
        print("the tensors saved again are others")


def safe():
    return {"safe_serialization": True} if IS_4 else {}


def original(tensors):
    """The layout of the original AST's files, from transformers'."""
    result = {
        "module.v.cls_token": tensors[AST + "embeddings.cls_token"],
        "module.v.dist_token": tensors[AST + "embeddings.distillation_token"],
        "module.v.pos_embed": tensors[AST + "embeddings.position_embeddings"],
    }
    for k in ("weight", "bias"):
        result[f"module.v.patch_embed.proj.{k}"] = tensors[
            f"{AST}embeddings.patch_embeddings.projection.{k}"]
        for i in range(12):
            layer, block = f"{AST}encoder.layer.{i}.", f"module.v.blocks.{i}."
            for new, old in [
                ("norm1", "layernorm_before"), ("attn.proj", "attention.output.dense"),
                ("norm2", "layernorm_after"), ("mlp.fc1", "intermediate.dense"),
                ("mlp.fc2", "output.dense"),
            ]:
                result[f"{block}{new}.{k}"] = tensors[f"{layer}{old}.{k}"]
            result[f"{block}attn.qkv.{k}"] = torch.cat([
                tensors[f"{layer}attention.attention.{x}.{k}"] for x in ("query", "key", "value")])
        result[f"module.v.norm.{k}"] = tensors[f"{AST}layernorm.{k}"]
        for head in ("head", "head_dist"):  # ImageNet's, which the file still has
            result[f"module.v.{head}.{k}"] = torch.randn(
                (1000, 768) if k == "weight" else 1000)
        result[f"module.mlp_head.0.{k}"] = tensors[f"classifier.layernorm.{k}"]
        result[f"module.mlp_head.1.{k}"] = tensors[f"classifier.dense.{k}"]
    return result


def original_file(base, want):
    torch.save(original(base.state_dict()), f"{WORK}/audioset.pth")
    row("petl loads the original layout (.pth, fused qkv)",
        petl(f'net = model "{WORK}/audioset.pth", classes: clips.classes'), want)


def published_file(base):
    """`bestmodel_fold0`: LoRA of rate 96 and alpha 16 on query and value, and the head."""
    backbone = base.audio_spectrogram_transformer
    weight, bias = torch.randn(3, 768) * 0.05, torch.randn(3)
    with torch.no_grad():
        before = backbone(FEATURES).last_hidden_state.mean(1) @ weight.T + bias
    state, hooks = dict(backbone.state_dict()), []
    for i, layer in enumerate(backbone.encoder.layer):
        for name, module in [
            ("q", layer.attention.attention.query), ("v", layer.attention.attention.value)
        ]:
            down, up = torch.randn(8, 768) * 0.05, torch.randn(768, 8) * 0.1
            prefix = f"encoder.layer.{i}.attention.attention.lora"
            state[f"{prefix}_down_{name}.weight"] = down
            state[f"{prefix}_up_{name}.weight"] = up
            hooks.append(module.register_forward_hook(
                lambda _, x, y, down=down, up=up: y + 16 / 96 * (x[0] @ down.T @ up.T)))
    with torch.no_grad():
        want = backbone(FEATURES).last_hidden_state.mean(1) @ weight.T + bias
    for hook in hooks:
        hook.remove()
    whole = {f"model.{k}": v for k, v in state.items()} | state
    whole |= {"classification_head.weight": weight, "classification_head.bias": bias}
    path = f"{WORK}/bestmodel_fold0"
    torch.save(whole, path)
    row("petl loads the published code's bestmodel_fold0 (LoRA)", petl(
        f'net = model "{path}", classes: clips.classes\n'
        'attach net, lora(rate: 96, alpha: 16, on: ["q", "v"])\n'
        f'load net, "{path}"'), want, before)


def peft_both_ways(version, base, before):
    from peft import LoraConfig, PeftModel, get_peft_model

    want = torch.load(f"{WORK}/saved.pt")
    model = load(ASTForAudioClassification, f"{WORK}/saved-classifier")
    model = quiet(PeftModel.from_pretrained, model, f"{WORK}/saved-lora")
    row(f"{version} loads petl's LoRA", logits(model), want["lora"], want["classifier"])
    model = quiet(
        PeftModel.from_pretrained, load(ASTModel, f"{WORK}/saved-mean"),
        f"{WORK}/saved-lora-mean").eval()
    with torch.no_grad():
        hidden = model(FEATURES).last_hidden_state
    row(f"{version} loads petl's LoRA on the bare ASTModel",
        petls_head(hidden, f"{WORK}/lora-mean.safetensors", "lora/"), want["lora-mean"],
        want["mean"])

    targets = ["query", "value", "attention.output.dense"] if IS_4 else [
        "q_proj", "v_proj", "o_proj"]
    model = get_peft_model(base, LoraConfig(
        r=6, lora_alpha=12, target_modules=targets, modules_to_save=["classifier"]))
    with torch.no_grad():
        for p in model.parameters():
            if p.requires_grad:
                p.add_(torch.randn_like(p) * 0.05)
    quiet(model.save_pretrained, f"{WORK}/peft")
    row(f"petl loads {version}'s LoRA",
        petl(f'net = model "{WORK}/base"\nload net, "{WORK}/peft"'), logits(model), before)


def wav2vec2(version):
    extractor = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)
    inputs = torch.tensor(np.array(extractor(
        list(waveforms()), sampling_rate=16000, padding="max_length", truncation=True,
        max_length=16000)["input_values"]), dtype=torch.float32)
    for norm, stable in [("group", False), ("layer", True)]:
        model = scatter(Wav2Vec2Model(Wav2Vec2Config(
            hidden_size=64, num_hidden_layers=3, num_attention_heads=4, intermediate_size=128,
            conv_dim=(32, 32, 32), conv_kernel=(10, 3, 3), conv_stride=(5, 4, 4),
            conv_bias=stable, feat_extract_norm=norm, do_stable_layer_norm=stable,
            num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4)))
        folder, again = f"{WORK}/wave-{norm}", f"{WORK}/wave-{norm}-again"
        model.save_pretrained(folder, **safe())
        found = petl(
            f'net = model "{folder}", classes: clips.classes\nsave net, "{again}"', WAVES)
        with torch.no_grad():
            hidden = model(inputs).last_hidden_state
            saved = load(Wav2Vec2Model, again)(inputs).last_hidden_state
        head = f"{again}/model.safetensors"
        row(f"petl loads {version}: wav2vec 2.0, {norm} norm", found, petls_head(hidden, head))
        row(f"{version} loads petl's wav2vec 2.0, {norm} norm", petls_head(saved, head), found)


def prepare():
    """Once, in the current environment: its feature extractor needs no torchaudio."""
    write_clips()
    extractor = transformers.ASTFeatureExtractor()
    features = torch.tensor(np.array(
        extractor(list(waveforms()), sampling_rate=16000)["input_values"]), dtype=torch.float32)
    torch.save(features, f"{WORK}/features.pt")
    made = 'net = model "ast-base", classes: clips.classes, seed: 5'
    want = {
        "mean": petl(f'{made}\nsave net, "{WORK}/saved-mean"'),
        "classifier": petl(f'{made}, pooling: "CLS+DIST"\nsave net, "{WORK}/saved-classifier"'),
        # Trained for two steps, since LoRA changes nothing at first.
        "lora": petl(
            f'net = model "{WORK}/saved-classifier"\n'
            'attach net, lora(rank: 6, alpha: 12, on: ["q", "v", "o"])\n'
            "fit = trainer net, clips, epochs: 2, batch: 3, lr: 0.01\ntrain fit\n"
            f'save net.adapters, "{WORK}/saved-lora", format: "peft"'),
        "lora-mean": petl(
            f'net = model "{WORK}/saved-mean"\n'
            "attach net, lora(rate: 96, alpha: 8), layers: 4...11\n"
            "fit = trainer net, clips, epochs: 2, batch: 3, lr: 0.01\ntrain fit\n"
            f'save net.adapters, "{WORK}/saved-lora-mean", format: "peft"\n'
            f'save net.adapters, "{WORK}/lora-mean.safetensors"'),
    }
    torch.save(want, f"{WORK}/saved.pt")


def compare():
    import peft

    version, peft_version = f"transformers {transformers.__version__}", f"peft {peft.__version__}"
    saved_by_petl(version)
    base = scatter(ASTForAudioClassification(ASTConfig(
        id2label=dict(enumerate(CLASSES)), label2id={c: i for i, c in enumerate(CLASSES)})))
    base.save_pretrained(f"{WORK}/base", **safe())
    want = logits(base)
    read_by_petl(version, base, want)
    if IS_4:
        original_file(base, want)
        published_file(base)
    peft_both_ways(peft_version, base, want)
    wav2vec2(version)
    print(f"{len(failures)} of the rows above differ" if failures else "all agree")
    sys.exit(1 if failures else 0)


if mode == "prepare":
    prepare()
else:
    FEATURES = torch.load(f"{WORK}/features.pt")
    compare()
