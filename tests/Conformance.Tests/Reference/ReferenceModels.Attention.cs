namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    // What the tutorials write for minus infinity.
    private static double Hidden(ReferenceModel m) =>
        m.Case.Number(@"masked_fill\([^\n]*?(?:float\(""|, )(-[0-9.]+e[0-9]+)");

    // What a mask of ones is multiplied with.
    private static double Penalty(ReferenceModel m) => m.Case.Number(@"mask \* (-[0-9.]+e[0-9]+)");

    private static ReferenceRow[] Attentions() =>
    [
        Case("attn_sdpa", m => m.Output(Attended(m.Input("q"), m.Input("k"), m.Input("v"), scores => scores))),
        Case("attn_sdpa_additive_mask", m => m.Output(Attended(
            m.Input("q"), m.Input("k"), m.Input("v"), scores => scores + (m.Input("mask") * Penalty(m))))),
        Case("attn_sdpa_masked_row", m => m.Output(Attended(
            m.Input("q"), m.Input("k"), m.Input("v"),
            scores => scores.MaskedFill(~m.Input<Bool>("mask"), Hidden(m) / Math.Sqrt(m.Input("q").Shape[^1].Value))))),
        Case("attn_sdpa_causal", m => m.Output(Attended(m.Input("q"), m.Input("k"), m.Input("v"), Causal))),
        Case("attn_additive", Additive),
        Network("attn_self_single", SelfAttention, MeanSquare),
        Case("attn_self_heads", m => m.Output(SharedHeads(
            m, m.Input("values"), m.Input("keys"), m.Input("query"), energy => energy))),
        Case("attn_self_heads_padding", m => m.Output(SharedHeads(
            m, m.Input("x"), m.Input("x"), m.Input("x"),
            energy => energy.MaskedFill(~m.Input<Bool>("mask"), Hidden(m))))),
        Case("attn_self_heads_causal", m => m.Output(SharedHeads(
            m, m.Input("x"), m.Input("x"), m.Input("x"),
            energy => energy.MaskedFill(m.Input("mask").EqualTo(0), Hidden(m))))),
        Case("attn_multihead_seed000", SeparateHeads),
        Case("attn_mha_torch", m => m.Output(
            MultiHead(m, m.Input("q"), m.Input("k"), m.Input("v"), scores => scores))),
        Case("attn_mha_torch_masks", m => m.Output(
            MultiHead(m, m.Input("x"), m.Input("x"), m.Input("x"), scores => Masked(m, scores)))),
        Case("attn_mha_torch_seqfirst", m =>
        {
            Tensor<F32> x = m.Input(0).Transpose(0, 1);
            Tensor<F32>[] results = MultiHead(m, x, x, x, scores => scores);
            m.Output(results[0].Transpose(0, 1), results[1]);
        }),
    ];

    // Vaswani et al. 2017; (…, length, features) each. The result and the weights.
    private static Tensor<F32>[] Attended(
        Tensor<F32> queries, Tensor<F32> keys, Tensor<F32> values, Func<Tensor<F32>, Tensor<F32>> mask)
    {
        double scale = 1 / Math.Sqrt(queries.Shape[^1].Value);
        Tensor<F32> weights = mask(queries.MatMul(keys.Transpose(-1, -2)) * scale).Softmax(-1);
        return [weights.MatMul(values), weights];
    }

    private static Tensor<F32> Causal(Tensor<F32> scores)
    {
        Tensor<F32> above = Tensor<F32>.Full(1, scores.Shape[^2], scores.Shape[^1]).Triu(1);
        return scores.MaskedFill(above > 0, double.NegativeInfinity);
    }

    private static Tensor<F32> Masked(ReferenceModel m, Tensor<F32> scores)
    {
        // (batch, keys) hides keys from every head and query.
        Tensor<Bool> padding = m.Input<Bool>("key_padding_mask").Unsqueeze(1).Unsqueeze(1);
        Tensor<F32> causal = scores.MaskedFill(m.Input<Bool>("attn_mask"), double.NegativeInfinity);
        return causal.MaskedFill(padding, double.NegativeInfinity);
    }

    private static void Additive(ReferenceModel m)
    {
        var (context, weights) = AdditiveContext(m, m.Input("hidden"), m.Input("encoder_outputs"), "");
        m.Output(context, weights);
    }

    // Bahdanau et al. 2015. hidden: (batch, features), encoded: (batch, time, features)
    private static (Tensor<F32> Context, Tensor<F32> Weights) AdditiveContext(
        ReferenceModel m, Tensor<F32> hidden, Tensor<F32> encoded, string path)
    {
        Tensor<F32> pairs = Tensor.Concat(2, hidden.Unsqueeze(1).Expand(encoded.Shape), encoded);
        Tensor<F32> energy = m.Layer(At(path, "attn")).Call(pairs).Tanh();
        Tensor<F32> weights = m.Layer(At(path, "v")).Call(energy).Squeeze(2).Softmax(1);
        return (weights.Unsqueeze(1).MatMul(encoded).Squeeze(1), weights);
    }

    private static Tensor<F32> SelfAttention(ReferenceModel m)
    {
        Tensor<F32> x = m.Input(0);
        return Attended(
            m.Layer("query").Call(x), m.Layer("key").Call(x), m.Layer("value").Call(x), scores => scores)[0];
    }

    // One projection shared by all heads; scores are divided by the root of the whole width.
    private static Tensor<F32> SharedHeads(
        ReferenceModel m, Tensor<F32> values, Tensor<F32> keys, Tensor<F32> queries,
        Func<Tensor<F32>, Tensor<F32>> mask, string path = "")
    {
        long width = m.Settings(At(path, "queries")).Integer("in_features");
        double scale = 1 / Math.Sqrt(queries.Shape[2].Value);
        Tensor<F32> energy = Heads(queries, "queries").MatMul(Heads(keys, "keys").Transpose(-1, -2));
        Tensor<F32> joined = Joined((mask(energy) * scale).Softmax(3).MatMul(Heads(values, "values")));
        return m.Layer(At(path, "fc_out")).Call(joined);

        Tensor<F32> Heads(Tensor<F32> x, string name) =>
            m.Layer(At(path, name)).Call(x.Reshape(x.Shape[0], x.Shape[1], -1, width)).Transpose(1, 2);
    }

    // (batch, length, heads * width) -> (batch, heads, length, width)
    private static Tensor<F32> Split(Tensor<F32> x, long heads) =>
        x.Reshape(x.Shape[0], x.Shape[1], heads, -1).Transpose(1, 2);

    private static Tensor<F32> Joined(Tensor<F32> x) => x.Transpose(1, 2).Flatten(2);

    private static void SeparateHeads(ReferenceModel m)
    {
        long heads = m.Case.Tensors["output.1"].Shape[1];
        Tensor<F32>[] results = Attended(
            Projected("q"), Projected("k"), Projected("v"), scores => scores + (m.Input("mask") * Penalty(m)));
        m.Output(InOut(Joined(results[0]), m.Parameter("dense.weights"), m.Parameter("dense.biases")), results[1]);

        Tensor<F32> Projected(string name) =>
            Split(InOut(m.Input(name), m.Parameter($"w{name}.weights"), m.Parameter($"w{name}.biases")), heads);
    }

    // nn.MultiheadAttention: one matrix projects queries, keys and values; the weights are averaged over heads.
    private static Tensor<F32>[] MultiHead(
        ReferenceModel m, Tensor<F32> queries, Tensor<F32> keys, Tensor<F32> values,
        Func<Tensor<F32>, Tensor<F32>> mask, string path = "")
    {
        long heads = m.Settings(path).Integer("num_heads");
        Tensor<F32>[] weights = m.Parameter(At(path, "in_proj_weight")).Chunk(3);
        Tensor<F32>[]? biases = IfAny("in_proj_bias")?.Chunk(3);
        Tensor<F32>[] projected = [.. new[] { queries, keys, values }
            .Select((x, i) => Split(x.Linear(weights[i], biases?[i]), heads))];
        Tensor<F32>[] results = Attended(projected[0], projected[1], projected[2], mask);
        Tensor<F32> joined =
            Joined(results[0]).Linear(m.Parameter(At(path, "out_proj.weight")), IfAny("out_proj.bias"));
        return [joined, results[1].Mean(1)];

        Tensor<F32>? IfAny(string name) =>
            m.Case.Tensors.ContainsKey("param." + At(path, name)) ? m.Parameter(At(path, name)) : null;
    }
}
