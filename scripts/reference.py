#!/usr/bin/env python3
"""Writes a folder of reference tensors for scripts/check-goldens, of any sizes and seed.

Run by hand, in an environment of its own; the numbers come from the published code itself:
  python3 -m venv v && v/bin/pip install torch==2.13.0 transformers==4.28.1 safetensors
  git clone https://github.com/umbertocappellazzo/PETL_AST          # commit 1fe23af
  git -C PETL_AST worktree add ../PETL_AST-old b73abb1              # combinations, hydra
  v/bin/python scripts/reference.py PETL_AST PETL_AST-old OUT --seed 7
  scripts/check-goldens OUT

Everything is computed in float64 from float32 values. Sizes, optimiser and the values of the
methods' settings are drawn from the seed; which cases there are does not depend on it.
"""
import argparse, copy, importlib, inspect, json, os, random, sys, warnings

import torch
from safetensors.torch import save_file
from transformers import ASTConfig, ASTForAudioClassification, ASTModel
from transformers import Wav2Vec2Config, Wav2Vec2Model

warnings.filterwarnings("ignore")
arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("new", help="checkout of the published code, commit 1fe23af")
arguments.add_argument("old", help="checkout of commit b73abb1")
arguments.add_argument("out", help="folder to write")
arguments.add_argument("--seed", type=int, default=1)
options = arguments.parse_args()
draw = random.Random(options.seed)
torch.manual_seed(options.seed)
torch.set_num_threads(1)
os.makedirs(options.out, exist_ok=True)


def published(root):
    """The modules of one checkout, each under its own name."""
    for name in [n for n in sys.modules if n == "src" or n.startswith("src.")]:
        del sys.modules[name]
    sys.path.insert(0, root)
    found = {}
    for file in sorted(os.listdir(f"{root}/src")):
        if file.endswith(".py"):
            found[file[:-3]] = importlib.import_module(f"src.{file[:-3]}")
    sys.path.pop(0)
    return found


new, old = published(options.new), published(options.old)

# Sizes

heads = draw.choice([2, 3, 5])
hidden = heads * draw.choice([6, 8, 10])
ast_sizes = dict(
    hidden_size=hidden, num_hidden_layers=draw.choice([1, 2, 4]), num_attention_heads=heads,
    intermediate_size=draw.choice([24, 52, 80]), patch_size=draw.choice([8, 12, 16]),
    frequency_stride=draw.choice([6, 8, 10]), time_stride=draw.choice([5, 7, 10]),
    max_length=draw.choice([40, 57, 72]), num_mel_bins=draw.choice([32, 48, 64]),
    layer_norm_eps=draw.choice([1e-12, 1e-6, 1e-5]), qkv_bias=True, hidden_act="gelu")
speech_heads = draw.choice([2, 3])
speech_sizes = dict(
    hidden_size=speech_heads * 8, num_hidden_layers=draw.choice([1, 3]),
    num_attention_heads=speech_heads, intermediate_size=draw.choice([20, 48]),
    conv_dim=[8, 12], conv_kernel=[draw.choice([7, 10]), 3], conv_stride=[5, 2],
    conv_bias=draw.choice([False, True]), num_conv_pos_embeddings=draw.choice([5, 8, 9]),
    num_conv_pos_embedding_groups=draw.choice([1, 2, 4]),
    feat_extract_norm=draw.choice(["group", "layer"]), do_stable_layer_norm=False,
    layer_norm_eps=1e-5, mask_time_prob=draw.choice([0.0, 0.05]), apply_spec_augment=False,
    hidden_dropout=0.0, attention_dropout=0.0, activation_dropout=0.0, feat_proj_dropout=0.0,
    layerdrop=0.0)
classes, batch = draw.choice([2, 3, 7]), draw.choice([2, 4])
lr, head_lr = draw.choice([2e-3, 7e-3]), draw.choice([5e-4, 3e-3])
optimiser = dict(
    name="AdamW (decoupled decay)", lr=lr, betas=[0.85, 0.97], eps=1e-6, weight_decay=0.05,
    scheduler=f"CosineAnnealingLR T_max={draw.choice([6, 9])}, eta_min=0", steps=3)
period = int(optimiser["scheduler"].split("T_max=")[1].split(",")[0])


def randomise(model):
    """Gives every parameter and statistic a value that hides nothing."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            is_norm = "norm" in name.lower() and name.endswith("weight")
            p.copy_(torch.randn_like(p) * (0.15 if p.dim() > 1 else 0.1) + float(is_norm))
        for name, b in model.named_buffers():
            if name.endswith("running_mean"): b.copy_(torch.randn_like(b) * 0.1)
            if name.endswith("running_var"): b.copy_(torch.rand_like(b) + 0.5)
            if name.endswith("num_batches_tracked"): b.fill_(draw.randrange(9))


def folder(name): return f"{options.out}/{name}"


def write(name, tensors):
    kept = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    save_file({k: v.float() if v.is_floating_point() else v for k, v in kept.items()},
              folder(f"{name}.safetensors"))


classifier = ASTForAudioClassification(ASTConfig(**ast_sizes, num_labels=classes)).eval()
randomise(classifier)
classifier.save_pretrained(folder("base_ast_classifier"), safe_serialization=True)
base = classifier.audio_spectrogram_transformer
base.save_pretrained(folder("base_ast"), safe_serialization=True)
speech = Wav2Vec2Model(Wav2Vec2Config(**speech_sizes)).eval()
randomise(speech)
speech.save_pretrained(folder("base_wav2vec2"), safe_serialization=True)
inputs = {
    "ast": dict(
        input_values=torch.randn(batch, ast_sizes["max_length"], ast_sizes["num_mel_bins"]),
        labels=torch.randint(classes, (batch,))),
    "wav2vec2": dict(input_values=torch.randn(batch, draw.choice([700, 1111])),
                     labels=torch.randint(classes, (batch,)))}
for kind, tensors in inputs.items(): write(f"inputs_{kind}", tensors)

cases = []


def duplicate(model, x):
    """A copy; a forward pass first leaves the weight-normed weight without a graph."""
    model.eval()
    with torch.no_grad(): model(x)
    return copy.deepcopy(model)


def add(name, kind, method, model, groups=None, **fields):
    """Runs one case that trains."""
    known = set(dict((base if kind == "ast" else speech).named_parameters()))
    with torch.no_grad():
        fresh = {n: p for n, p in model.named_parameters() if n.removeprefix("model.") not in known}
        # LoRA's product is scaled by alpha / rank: too large, and single precision is lost.
        lora = 0.2 / max(1, fields.get("alpha", 1) / fields.get("rank", 1)) ** 0.5
        for n, p in fresh.items():
            spread = lora if "lora_" in n else 0.2
            p.copy_(torch.randn_like(p) * spread + float(n.endswith("norm.weight")))
        for n, b in model.named_buffers():
            if n.endswith("running_mean"): b.copy_(torch.randn_like(b) * 0.1)
            if n.endswith("running_var"): b.copy_(torch.rand_like(b) + 0.5)
            if n.endswith("num_batches_tracked"): b.fill_(3)
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    def buffers(m): return {n: b.clone() for n, b in m.named_buffers() if n.endswith(statistics)}
    tensors = {f"param/{n}": p.detach().clone() for n, p in fresh.items()}
    tensors |= {f"buffer/{n}": b for n, b in buffers(model).items()}
    x, y = inputs[kind]["input_values"], inputs[kind]["labels"]

    def run(m, x):
        loss = torch.nn.functional.cross_entropy
        result = {}
        def evaluate(suffix):
            m.eval()
            with torch.no_grad():
                result[f"logits_eval{suffix}"] = m(x)
                result[f"loss_eval{suffix}"] = loss(result[f"logits_eval{suffix}"], y)
        evaluate("")
        trained = [p for p in m.parameters() if p.requires_grad]
        if groups is None:
            adam = torch.optim.AdamW(trained, lr=lr, betas=tuple(optimiser["betas"]),
                                     eps=optimiser["eps"], weight_decay=optimiser["weight_decay"])
        else:
            head = list(m.classification_head.parameters())
            rest = [p for p in trained if all(p is not h for h in head)]
            adam = torch.optim.AdamW(
                [{"params": rest}, {"params": head, "lr": head_lr}], lr=lr,
                betas=tuple(optimiser["betas"]), eps=optimiser["eps"],
                weight_decay=optimiser["weight_decay"])
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, period)
        losses, rates = [], []
        if groups is None: m.train()
        for step in range(optimiser["steps"]):
            adam.zero_grad()
            if type(m).__name__ in ("AST", "Wav2Vec"): m.eval()
            else: m.train()
            logits = m(x)
            value = loss(logits, y)
            value.backward()
            if step == 0:
                result |= {"logits_train": logits, "loss_train": value}
                result |= {f"grad/{n}": p.grad.clone() for n, p in m.named_parameters()
                           if p.requires_grad and p.grad is not None}
                result |= {f"buffer_after1/{n}": b for n, b in buffers(m).items()}
            losses.append(value.detach())
            rates.append([g["lr"] for g in adam.param_groups])
            adam.step()
            schedule.step()
        result |= {"losses": torch.stack(losses), "lrs": torch.tensor(rates, dtype=torch.float64)}
        result |= {f"after3/{n}": p.detach().clone() for n, p in m.named_parameters()
                   if p.requires_grad}
        result |= {f"buffer_after3/{n}": b for n, b in buffers(m).items()}
        evaluate("_after3")
        return {k: v.detach() for k, v in result.items()}

    names = [n for n, p in model.named_parameters() if p.requires_grad]
    reference = run(duplicate(model, x).double(), x.double())
    single = run(duplicate(model, x), x)
    noise = {}
    for key, value in reference.items():
        if key.startswith(("after3/", "buffer_after3/")) and "tracked" not in key:
            gap = (single[key].double() - value).abs().max().item() if value.numel() else 0
            place = key.replace("buffer_after3/", "buffer:").replace("after3/", "")
            if gap > 1e-5: noise[place] = gap
    gaps = {k: (single[k].double() - v.double()).abs().max().item()
            for k, v in reference.items() if v.numel()}
    def worst(start): return max([g for k, g in gaps.items() if k.startswith(start)] + [0])
    unused = [n for n in names if f"grad/{n}" not in reference]
    write(name, tensors | reference)
    cases.append(dict(
        name=name, file=f"{name}.safetensors", method=method, num_classes=classes,
        base="base_ast" if kind == "ast" else "base_wav2vec2",
        inputs=f"inputs_{kind}.safetensors", trainable=names, trainable_without_gradient=unused,
        n_params_total=sum(p.numel() for p in model.parameters()),
        n_params_trainable=sum(p.numel() for p in model.parameters() if p.requires_grad),
        after3_float32_noise=noise, pytorch_float32_max_abs_deviation={
            k: worst(k) for k in ["logits_eval", "loss_train", "grad", "losses", "after3"]},
        **fields,
        **({} if groups is None else dict(param_groups=[
            {"params": "everything under model.*", "lr": lr},
            {"params": "classification_head.*", "lr": head_lr}]))))
    print(name)


ckpt = dict(model_ckpt=folder("base_ast"), max_length=ast_sizes["max_length"], num_classes=classes)


def make(factory, **arguments):
    """Calls a published class with those of the arguments it knows."""
    known = inspect.signature(factory).parameters
    model = factory(**{k: v for k, v in (ckpt | arguments).items() if k in known})
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout): module.p = 0.0
    return model


def rate(): return draw.choice([1, 3, 5, 16])
def output(): return draw.choice(["ALL", "CLS"])
def kernel(block, sizes): return draw.choice(sizes) if block == "conformer" else None


# Models alone

with torch.no_grad():
    x = inputs["ast"]["input_values"].double()
    exact = duplicate(classifier, x.float()).double()
    inner = exact.audio_spectrogram_transformer(x, output_hidden_states=True)
    tensors = {f"hidden_states/{i}": h for i, h in enumerate(inner.hidden_states)}
    tensors |= dict(last_hidden_state=inner.last_hidden_state, pooled_output=inner.pooler_output)
    write("ast_plain", tensors)
    write("ast_classifier", dict(logits=exact(x).logits))
    cases.append(dict(name="ast_plain", file="ast_plain.safetensors", base="base_ast",
                      inputs="inputs_ast.safetensors", method="plain AST (ASTModel)"))
    cases.append(dict(name="ast_classifier", file="ast_classifier.safetensors",
                      base="base_ast_classifier", inputs="inputs_ast.safetensors",
                      method="ASTForAudioClassification"))
    x = inputs["wav2vec2"]["input_values"].double()
    exact = duplicate(speech, x.float()).double()
    first = exact.feature_extractor.conv_layers[0](x[:, None])[0, :, :50]
    inner = exact(x, output_hidden_states=True)
    features = exact.feature_extractor(x)[0]
    projected = exact.feature_projection(features.T[None])[0]
    write("w2v_plain", {f"hidden_states/{i}": h for i, h in enumerate(inner.hidden_states)} | dict(
        conv_layer0_output=first, conv_features=features,
        extract_features=inner.extract_features[0], feature_projection=projected[0],
        pos_conv_output=exact.encoder.pos_conv_embed(projected)[0],
        pos_conv_weight=exact.encoder.pos_conv_embed.conv.weight))
    cases.append(dict(name="w2v_plain", file="w2v_plain.safetensors", base="base_wav2vec2",
                      inputs="inputs_wav2vec2.safetensors", method="plain Wav2Vec2Model forward"))

# AST

AST = new["AST"].AST
for method in ["linear", "full-FT", "BitFit"]:
    final = output()
    model = make(AST, final_output=final)
    if method == "linear":
        for p in model.model.parameters(): p.requires_grad = False
        model.model.layernorm.requires_grad_(True)
    if method == "BitFit":
        for p in model.model.parameters(): p.requires_grad = False
        for module in model.model.modules():
            if isinstance(module, (torch.nn.Linear, torch.nn.LayerNorm)):
                module.bias.requires_grad = True
    add(f"{method}_{final}", "ast", method, model, True if method == "linear" else None,
        final_output=final)

for _ in range(2):
    f = dict(rank=rate(), alpha=draw.choice([1, 6, 16]), final_output=output())
    add(f"lora_{f['rank']}_{f['alpha']}_{f['final_output']}", "ast", "LoRA",
        make(new["AST_LoRA"].AST_LoRA, **f), **f)
for config in ["Wq", "Wq,Wk", "Wq,Wv", "Wq,Wk,Wv,Wo"]:
    f = dict(rank=rate(), alpha=draw.choice([1, 6]), final_output=output(), lora_config=config)
    add(f"lora_ablation_{config.replace(',', '')}", "ast", "LoRA ablation",
        make(new["AST_LoRA"].AST_LoRA_ablation, **f), **f)

for kind in ["Pfeiffer", "Houlsby"]:
    for order in ["parallel", "sequential"]:
        for residual in [False, True]:
            for block in ["bottleneck", "conformer"]:
                f = dict(reduction_rate=rate(), adapter_type=kind, seq_or_par=order,
                         apply_residual=residual, adapter_block=block, final_output=output(),
                         kernel_size=kernel(block, [1, 2, 5, 6, 31]))
                add(f"adapter_{kind}_{order}_{int(residual)}_{block}", "ast", "adapter",
                    make(new["AST_adapters"].AST_adapter, **f), **f)
for location in ["MHSA", "FFN"]:
    for order in ["parallel", "sequential"]:
        for side in ["before", "after"]:
            for block in ["bottleneck", "conformer"]:
                f = dict(reduction_rate=rate(), location=location, seq_or_par=order,
                         before_after=side, adapter_block=block, final_output=output(),
                         kernel_size=kernel(block, [3, 4]))
                add(f"ablation_{location}_{order}_{side}_{block}", "ast", "adapter ablation",
                    make(new["AST_adapters"].AST_adapter_ablation, **f), **f)

f = dict(num_tokens=draw.choice([2, 8]), final_output=output())
add("prefix", "ast", "prefix-tuning",
    make(new["AST_prompt_tuning"].AST_Prefix_tuning, patch_size=16, hidden_size=hidden, **f), **f)


def prompt(module, deep, final):
    tokens = draw.choice([1, 3])
    config = module.Prompt_config(NUM_TOKENS=tokens, DEEP=deep, FINAL_OUTPUT=final)
    return config, dict(deep=deep, num_tokens=tokens, final_output=final)


for deep in [False, True]:
    for final in ["CLS", "ALL", "PROMPTS", "SPEECH", "PROMPTS+SPEECH"]:
        config, f = prompt(new["AST_prompt_tuning"], deep, final)
        add(f"prompt_{deep}_{final.replace('+', '_')}", "ast", "prompt-tuning",
            make(new["AST_prompt_tuning"].PromptAST, prompt_config=config), **f)

for kind, location in [("Pfeiffer", "MHSA"), ("Pfeiffer", "FFN"), ("Houlsby", "FFN")]:
    for block in ["bottleneck", "convpass"]:
        f = dict(reduction_rate=rate(), adapter_type=kind, location=location,
                 adapter_module=block, num_adapters=draw.choice([1, 2, 5]), final_output=output())
        add(f"dense_{kind}_{location}_{block}", "ast", "Dense-MoA",
            make(new["MoA"].AST_MoA, **f), convpass_dropout=0.0, **f)
        f |= dict(num_slots=draw.choice([1, 3]), normalize=draw.choice([False, True]))
        add(f"soft_{kind}_{location}_{block}", "ast", "Soft-MoA",
            make(new["MoA"].AST_SoftMoA, **f), convpass_dropout=0.0, **f)

# The older commit

shared = "OLD LoRA: one shared lora_down/lora_up pair, added to BOTH query and key"
for block in ["bottleneck", "convpass"]:
    common = dict(reduction_rate=rate(), adapter_type=draw.choice(["Pfeiffer", "Houlsby"]),
                  seq_or_par="parallel", apply_residual=False, adapter_block=block,
                  final_output="ALL")
    pair = dict(rank=rate(), alpha=2)
    combined = old["PETL_combination"]
    both, three = combined.AST_adapterPrompt, combined.AST_LoRA_Adapter_Prompt
    for deep in [False, True]:
        config, f = prompt(old["AST_prompt_tuning"], deep, "ALL")
        add(f"combo_adapter_prompt_{deep}_{block}", "ast", "adapter+prompt",
            make(both, prompt_config=config, **common), **(common | f))
        add(f"combo_all_{deep}_{block}", "ast", "LoRA+adapter+prompt",
            make(three, prompt_config=config, **common, **pair), lora=shared, **(common | f | pair))
    add(f"combo_lora_adapter_{block}", "ast", "LoRA+adapter",
        make(combined.AST_LoRA_Adapter, **common, **pair), lora=shared,
        **(common | pair))
for location in ["MHSA", "FFN"]:
    f = dict(reduction_rate=rate(), adapter_block="bottleneck", final_output="ALL")
    add(f"hydra_{location}", "ast", "adapter hydra (old file, extra)",
        make(old["AST_adapters"].AST_adapter_hydra, adapter_location=location, **f),
        location=location, **f)

# wav2vec 2.0

ckpt = dict(model_ckpt=folder("base_wav2vec2"), num_classes=classes)
Wav2Vec = new["Wav2Vec_adapter"].Wav2Vec
model = make(Wav2Vec)
for p in model.model.parameters(): p.requires_grad = False
add("w2v_linear", "wav2vec2", "wav2vec2 linear", model, True)
last = draw.choice([1, 2])
model = make(Wav2Vec)
for p in model.model.parameters(): p.requires_grad = False
for layer in model.model.encoder.layers[-last:]: layer.requires_grad_(True)
add(f"w2v_fullft_last{last}", "wav2vec2", "wav2vec2 full-FT", model,
    note=f"only the last {last} layers trainable")
for kind in ["Pfeiffer", "Houlsby"]:
    for order in ["parallel", "sequential"]:
        for block in ["bottleneck", "conformer"]:
            f = dict(reduction_rate=draw.choice([1, 4, 7]), adapter_type=kind, seq_or_par=order,
                     apply_residual=draw.choice([False, True]), adapter_block=block,
                     kernel_size=kernel(block, [2, 9]),
                     finetune_LN=draw.choice([False, True]))
            add(f"w2v_{kind}_{order}_{block}", "wav2vec2", "wav2vec2 adapter",
                make(new["Wav2Vec_adapter"].Wav2Vec_adapter, **f), **f)

manifest = dict(format="see README of the reference folder", optimiser=optimiser,
                ast_config=ast_sizes, wav2vec2_config=speech_sizes, cases=cases)
with open(folder("manifest.json"), "w") as file: json.dump(manifest, file, indent=1)
