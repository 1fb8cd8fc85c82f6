using System.Globalization;

namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Transformers() =>
    [
        Network("model_gpt", Gpt, (m, y) => Losses.CrossEntropy(y.Flatten(0, 1), m.Labels.Flatten())),
        Network("block_encoder_postnorm", m => EncoderBlock(m, m.Input(0)), MeanSquare),
        Network("block_encoder_prenorm", m => EncoderBlock(m, m.Input(0)), MeanSquare),
    ];

    // Layer normalisation over the last axis, at a path.
    private static Tensor<F32> LayerNorm(ReferenceModel m, Tensor<F32> x, string path) =>
        (Normalized(x, [x.Rank - 1], m.Settings(path).Number("eps")) * m.Parameter(path + ".weight"))
        + m.Parameter(path + ".bias");

    // Radford et al. 2019: normalisation in front, queries, keys and values from one product.
    private static Tensor<F32> Gpt(ReferenceModel m)
    {
        Tensor<I64> ids = m.Input<I64>("0");
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
        // GPT(vocab, block, width, heads, layers, bias, tied)
        string heads = m.Case.Config.GetProperty("constructor").GetString()!.Split(',')[3];
        Tensor<F32>[] parts = [.. m.Layer(path + ".qkv").Call(x).Chunk(3, 2)
            .Select(part => Split(part, long.Parse(heads, CultureInfo.InvariantCulture)))];
        Tensor<F32> result = Attended(parts[0], parts[1], parts[2], Causal)[0];
        return m.Layer(path + ".proj").Call(Joined(result));
    }

    // nn.TransformerEncoderLayer with GELU; norm_first chooses where normalisation stands.
    private static Tensor<F32> EncoderBlock(ReferenceModel m, Tensor<F32> x)
    {
        LayerSettings attention = m.Settings("self_attn");
        bool isBatchFirst = attention.Flag("batch_first");
        x = isBatchFirst ? x : x.Transpose(0, 1);
        if (Root(m).Flag("norm_first"))
        {
            Tensor<F32> normal = LayerNorm(m, x, "norm1");
            x += MultiHead(m, normal, normal, normal, scores => scores, "self_attn")[0];
            x += FeedForward(LayerNorm(m, x, "norm2"));
        }
        else
        {
            x = LayerNorm(m, x + MultiHead(m, x, x, x, scores => scores, "self_attn")[0], "norm1");
            x = LayerNorm(m, x + FeedForward(x), "norm2");
        }

        return isBatchFirst ? x : x.Transpose(0, 1);

        Tensor<F32> FeedForward(Tensor<F32> value) =>
            m.Layer("linear2").Call(m.Layer("linear1").Call(value).Gelu());
    }
}
