namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    // The transformers that the tutorials write out by themselves.
    private static ReferenceRow[] Tutorials() =>
    [
        Network("block_transformer_seed001", m => SequenceFirstBlock(m, m.Input("x"), isTraining: true), MeanSquare),
        Case("block_transformer_seed001_eval", m =>
            m.Output(SequenceFirstBlock(m, m.Input(m.Case.Under("input")[0]), isTraining: false))),
        Network("block_transformer_seed002", m =>
        {
            Tensor<F32> x = m.Input("x");
            return SharedHeadsBlock(m, x, x, "", HiddenWhereNot(m, m.Input<Bool>("mask")));
        }, MeanSquare),
        Network("model_transformer_seed002", TutorialTransformer, SequenceCrossEntropy),
    ];

    private static Func<Tensor<F32>, Tensor<F32>> HiddenWhereNot(ReferenceModel m, Tensor<Bool> visible) =>
        energy => energy.MaskedFill(~visible, Hidden(m));

    // x: (length, batch, features)
    private static Tensor<F32> SequenceFirstBlock(ReferenceModel m, Tensor<F32> x, bool isTraining)
    {
        double p = DropProbability(m);
        Tensor<F32> rows = x.Transpose(0, 1);
        Tensor<F32> attended = MultiHead(m, rows, rows, rows, scores => scores, "attention")[0].Transpose(0, 1);
        x = LayerNorm(m, x + Dropped(attended, isTraining ? m.Input("mask1") : null, p), "norm1");
        Tensor<F32> hidden = m.Layer("ff").Call(x);
        return LayerNorm(m, x + Dropped(hidden, isTraining ? m.Input("mask2") : null, p), "norm2");
    }

    private static Tensor<F32> SharedHeadsBlock(
        ReferenceModel m, Tensor<F32> memory, Tensor<F32> queries, string path, Func<Tensor<F32>, Tensor<F32>> mask)
    {
        Tensor<F32> attended = SharedHeads(m, memory, memory, queries, mask, At(path, "attention"));
        Tensor<F32> x = LayerNorm(m, attended + queries, At(path, "norm1"));
        return LayerNorm(m, m.Layer(At(path, "feed_forward")).Call(x) + x, At(path, "norm2"));
    }

    // Padding of the source is hidden, and what comes later in the target.
    private static Tensor<F32> TutorialTransformer(ReferenceModel m)
    {
        long padding = m.Case.Constructor().Integer(2, "src_pad_idx");
        Tensor<I64> source = m.Input<I64>("src");
        Tensor<I64> target = m.Input<I64>("trg");
        var visible = HiddenWhereNot(m, source.NotEqualTo(padding).Unsqueeze(1).Unsqueeze(1));
        Dimension length = target.Shape[1];
        var earlier = HiddenWhereNot(m, Tensor<F32>.Full(1, length, length).Tril() > 0);
        Tensor<F32> memory = m.Below("encoder.layers").Aggregate(
            Positioned("encoder", source), (x, layer) => SharedHeadsBlock(m, x, x, layer, visible));
        Tensor<F32> result = m.Below("decoder.layers").Aggregate(Positioned("decoder", target), (x, layer) =>
        {
            Tensor<F32> attended = SharedHeads(m, x, x, x, earlier, layer + ".attention");
            Tensor<F32> queries = LayerNorm(m, attended + x, layer + ".norm");
            return SharedHeadsBlock(m, memory, queries, layer + ".transformer_block", visible);
        });
        return m.Layer("decoder.fc_out").Call(result);

        Tensor<F32> Positioned(string path, Tensor<I64> ids) => Embedded(m, path + ".word_embedding", ids)
            + m.Parameter(path + ".position_embedding.weight").Slice(0, 0, ids.Shape[1].Value);
    }
}
