namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Transformers() =>
    [
        Network("model_gpt", m => Gpt(m, m.Input<I64>("0")), SequenceCrossEntropy),
        Case("model_gpt_greedy", Greedy),
        Network("model_bert", Bert, SequenceCrossEntropy),
        Network("model_vit", Vision, CrossEntropy),
        Network("block_encoder_postnorm", WholeBlock, MeanSquare),
        Network("block_encoder_prenorm", WholeBlock, MeanSquare),
        Case("block_decoder_postnorm", m =>
            m.Output(DecoderBlock(m, m.Input("tgt"), m.Input("memory"), "", scores => scores))),
        Case("block_decoder_prenorm", m =>
            m.Output(DecoderBlock(m, m.Input("tgt"), m.Input("memory"), "", scores => scores))),
        Network("model_transformer_sinusoidal", EncoderDecoderTransformer, SequenceCrossEntropy),
        .. Tutorials(),
    ];

    // Layer normalisation over the last axis, at a path.
    private static Tensor<F32> LayerNorm(ReferenceModel m, Tensor<F32> x, string path) =>
        (Normalized(x, [x.Rank - 1], m.Settings(path).Number("eps")) * m.Parameter(path + ".weight"))
        + m.Parameter(path + ".bias");

    // Radford et al. 2019: normalisation in front, queries, keys and values from one product.
    private static Tensor<F32> Gpt(ReferenceModel m, Tensor<I64> ids)
    {
        Tensor<F32> x = Embedded(m, "wte", ids) + m.Parameter("wpe.weight").Slice(0, 0, ids.Shape[1].Value);
        foreach (string block in m.Below("blocks"))
        {
            x += CausalHeads(m, LayerNorm(m, x, block + ".ln1"), block + ".attn");
            Tensor<F32> hidden = m.Layer(block + ".fc").Call(LayerNorm(m, x, block + ".ln2"));
            x += m.Layer(block + ".proj").Call(hidden.Gelu(approximateTanh: true));
        }

        return m.Layer("lm_head").Call(LayerNorm(m, x, "ln_f"));
    }

    private static Tensor<F32> CausalHeads(ReferenceModel m, Tensor<F32> x, string path)
    {
        int heads = m.Case.Constructor().Integer(3, "heads");
        Tensor<F32>[] parts = [.. m.Layer(path + ".qkv").Call(x).Chunk(3, 2)
            .Select(part => Split(part, heads))];
        Tensor<F32> result = Attended(parts[0], parts[1], parts[2], Causal)[0];
        return m.Layer(path + ".proj").Call(Joined(result));
    }

    // Four more tokens, each the likeliest after those before it.
    private static void Greedy(ReferenceModel m)
    {
        Tensor<I64> ids = m.Input<I64>("0");
        while (ids.Shape[1].Value < m.Case.Tensors["output.0"].Shape[1])
        {
            ids = Tensor.Concat(1, ids, Gpt(m, ids).Select(1, -1).ArgMax(1, keepDims: true));
        }

        m.Output(ids.Node);
    }

    // Devlin et al. 2019; ids of padding are hidden from all.
    private static Tensor<F32> Bert(ReferenceModel m)
    {
        long padding = m.Case.Constructor().Integer(6, "pad");
        Tensor<I64> ids = m.Input<I64>("ids");
        Tensor<F32> positions = m.Parameter("pos.weight").Slice(0, 0, ids.Shape[1].Value);
        Tensor<F32> x = Embedded(m, "tok", ids) + positions + Embedded(m, "seg", m.Input<I64>("seg"));
        x = LayerNorm(m, x, "norm");
        Func<Tensor<F32>, Tensor<F32>> mask = Padding(ids, padding);
        x = m.Below("encoder.layers").Aggregate(x, (value, layer) =>
            EncoderBlock(m, value, layer, value => value.Gelu(), mask));
        return m.Layer("head").Call(x);
    }

    // Dosovitskiy et al. 2021.
    private static Tensor<F32> Vision(ReferenceModel m)
    {
        Tensor<F32> patches = m.Layer("patch").Call(m.Input(0)).Flatten(2).Transpose(1, 2);
        Tensor<F32> first = m.Parameter("cls");
        Tensor<F32> x = Tensor.Concat(1, first.Expand(patches.Shape[0], 1, first.Shape[2]), patches);
        x += m.Parameter("pos");
        x = m.Below("encoder.layers").Aggregate(x, (value, layer) =>
            EncoderBlock(m, value, layer, value => value.Gelu(), scores => scores));
        return m.Layer("head").Call(LayerNorm(m, x, "norm").Select(1, 0));
    }

    private static Tensor<F32> WholeBlock(ReferenceModel m) => EncoderBlock(
        m, m.Input(0), "", ActivationNamed(m.Case.Constructor().Text(4, "activation", "relu")), scores => scores);

    // nn.TransformerEncoderLayer, batch first; norm_first chooses where normalisation stands.
    private static Tensor<F32> EncoderBlock(
        ReferenceModel m, Tensor<F32> x, string path, Func<Tensor<F32>, Tensor<F32>> activation,
        Func<Tensor<F32>, Tensor<F32>> mask)
    {
        x = WithResidual(m, x, path, "norm1", value =>
            MultiHead(m, value, value, value, mask, At(path, "self_attn"))[0]);
        return WithResidual(m, x, path, "norm2", value => FeedForward(m, value, path, activation));
    }

    // nn.TransformerDecoderLayer, batch first: sees what came before, then the encoder's results but what a mask hides.
    private static Tensor<F32> DecoderBlock(
        ReferenceModel m, Tensor<F32> x, Tensor<F32> memory, string path, Func<Tensor<F32>, Tensor<F32>> mask)
    {
        x = WithResidual(m, x, path, "norm1", value =>
            MultiHead(m, value, value, value, Causal, At(path, "self_attn"))[0]);
        x = WithResidual(m, x, path, "norm2", value =>
            MultiHead(m, value, memory, memory, mask, At(path, "multihead_attn"))[0]);
        return WithResidual(m, x, path, "norm3", value => FeedForward(m, value, path, hidden => hidden.Relu()));
    }

    private static Tensor<F32> WithResidual(
        ReferenceModel m, Tensor<F32> x, string path, string norm, Func<Tensor<F32>, Tensor<F32>> part) =>
        m.Settings(path).Flag("norm_first")
            ? x + part(LayerNorm(m, x, At(path, norm)))
            : LayerNorm(m, x + part(x), At(path, norm));

    private static Tensor<F32> FeedForward(
        ReferenceModel m, Tensor<F32> x, string path, Func<Tensor<F32>, Tensor<F32>> activation) =>
        m.Layer(At(path, "linear2")).Call(activation(m.Layer(At(path, "linear1")).Call(x)));

    // (batch, keys) ids: those of padding are hidden from every head and query.
    private static Func<Tensor<F32>, Tensor<F32>> Padding(Tensor<I64> ids, long padding)
    {
        Tensor<Bool> isPadding = ids.EqualTo(padding).Unsqueeze(1).Unsqueeze(1);
        return scores => scores.MaskedFill(isPadding, double.NegativeInfinity);
    }

    // nn.Transformer with sinusoidal positions.
    private static Tensor<F32> EncoderDecoderTransformer(ReferenceModel m)
    {
        Tensor<I64> source = m.Input<I64>("src");
        Func<Tensor<F32>, Tensor<F32>> mask =
            Padding(source, m.Case.Constructor().Integer(8, "pad"));
        Tensor<F32> memory = m.Below("transformer.encoder.layers").Aggregate(
            Positioned("src_emb", source), (x, layer) => EncoderBlock(m, x, layer, value => value.Relu(), mask));
        memory = LayerNorm(m, memory, "transformer.encoder.norm");
        Tensor<F32> result = m.Below("transformer.decoder.layers").Aggregate(
            Positioned("tgt_emb", m.Input<I64>("tgt")), (x, layer) => DecoderBlock(m, x, memory, layer, mask));
        return m.Layer("out").Call(LayerNorm(m, result, "transformer.decoder.norm"));

        Tensor<F32> Positioned(string path, Tensor<I64> ids)
        {
            Tensor<F32> embedded = Embedded(m, path, ids);
            Tensor<F32> waves = m.Buffer("pe", m.Case.Tensors["buffer.pe"].Shape, 0);
            return (embedded * Math.Sqrt(embedded.Shape[2].Value)) + waves.Slice(0, 0, ids.Shape[1].Value);
        }
    }
}
