# fashion.mk - from a dataset package to verified spiking networks that know clothes.
#
# usage: make -f scripts/examples/fashion.mk [-j2] [NAME=VALUE...] [TARGET...]
#
#   DATA    folder of Fashion-MNIST (default: where Debian's dataset-fashion-mnist puts it)
#   OUT     folder for all results (default: build/fashion)
#   TOOLS   folder of the tools (default: build/tools)
#   EPOCHS, RETRAIN  epochs in float, and after each quantization
#
# A float network is trained, then quantized and retrained step by step: 8-4-4 (bits of the first
# weights, the other weights, the activations), 4-4-4, 2-2-1. Every step becomes a spiking network,
# which exists only if it gives the same levels in every layer for all 10,000 test images. The
# default target, report, prints the accuracies. An interrupted make goes on where it was, training
# included; -j2 lets one step train while the one before is verified. With the defaults:
# 93.05 % in float, then 93.13 %, 92.80 % and 89.63 %.
DATA ?= /usr/share/datasets/fashion-mnist
OUT ?= build/fashion
TOOLS ?= build/tools
EPOCHS ?= 8
RETRAIN ?= 2

steps := 8-4-4 4-4-4 2-2-1
before-8-4-4 := float
before-4-4-4 := 8-4-4
before-2-2-1 := 4-4-4

networks := $(addprefix $(OUT)/,float.fbz $(addsuffix .fbz,$(steps)))
accuracies := $(patsubst %.fbz,%.accuracy,$(networks)) $(patsubst %,$(OUT)/%.snn.accuracy,$(steps))

.PHONY: report clean
.DELETE_ON_ERROR:
.SECONDARY:

report: $(accuracies)
	@for file in $^; do printf '%-10s %s\n' "$$(basename $$file .accuracy)" "$$(cat $$file)"; done

clean:
	rm -rf $(OUT)

$(OUT):
	mkdir -p $@

classes := testdata/fashion-mnist/classes.txt
$(OUT)/train.aks: $(DATA)/train-images-idx3-ubyte.gz $(DATA)/train-labels-idx1-ubyte.gz
$(OUT)/test.aks: $(DATA)/t10k-images-idx3-ubyte.gz $(DATA)/t10k-labels-idx1-ubyte.gz
$(OUT)/train.aks $(OUT)/test.aks: $(classes) | $(OUT)
	$(TOOLS)/akida-data import idx --class-names $(classes) -o $@ $(filter %.gz,$^)

$(OUT)/untrained.fbz: | $(OUT)
	$(TOOLS)/akida-build zoo gxnor_mnist -o $@

train = $(TOOLS)/akida-train -v --batch 128 --seed 1 --augment flip,shift=0.08 \
  --checkpoint $(@:.fbz=.ckpt) --resume --log $(@:.fbz=.jsonl) -o $@

$(OUT)/float.fbz: $(OUT)/untrained.fbz $(OUT)/train.aks
	$(train) --epochs $(EPOCHS) --schedule one-cycle --learning-rate 0.003 $^

# Learned ranges start from those with the least error; the float network teaches.
bits = $(subst -, ,$*)
.SECONDEXPANSION:
$(patsubst %,$(OUT)/%.untrained.fbz,$(steps)): $(OUT)/%.untrained.fbz: $(OUT)/$$(before-$$*).fbz \
    $(OUT)/train.aks
	$(TOOLS)/akida-quantize --input-weights $(word 1,$(bits)) --weights $(word 2,$(bits)) \
	  --activations $(word 3,$(bits)) --range lsq --activation-range trained \
	  --calibrate $(OUT)/train.aks -o $@ $<

$(patsubst %,$(OUT)/%.fbz,$(steps)): $(OUT)/%.fbz: $(OUT)/%.untrained.fbz $(OUT)/train.aks \
    $(OUT)/float.fbz
	$(train) --epochs $(RETRAIN) --schedule cosine --learning-rate 0.001 \
	  --teacher $(OUT)/float.fbz --temperature 4 --alpha 0.3 $< $(OUT)/train.aks

$(OUT)/%.snn.fbz: $(OUT)/%.fbz $(OUT)/test.aks
	$(TOOLS)/akida-convert --verify $(OUT)/test.aks -o $@ $<

$(OUT)/%.accuracy: $(OUT)/%.fbz $(OUT)/test.aks
	$(TOOLS)/akida-run predict --accuracy $^ > $@
