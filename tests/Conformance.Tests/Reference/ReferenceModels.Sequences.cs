namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Sequences() =>
    [
        .. new[]
        {
            "rnn_tanh", "rnn_relu_2layer", "rnn_bidirectional_state", "rnn_lstm", "rnn_lstm_stacked_bidirectional",
            "rnn_lstm_bidirectional_seqfirst", "rnn_lstm_nobias", "rnn_gru", "rnn_gru_stacked_bidirectional",
        }.Select(name => Case(name, RecurrentLayer)),
        Network("model_simple_rnn", m =>
            m.Layer("fc").Call(Recurrent(m, "rnn", m.Input(0))[1].Squeeze(0)), CrossEntropy),
        Network("model_lstm_forecast", m => Forecast(m, "lstm"), MeanSquare),
        Network("model_gru_forecast", m => Forecast(m, "gru"), MeanSquare),
        Network("model_embedding_bilstm", EmbeddedSequence, CrossEntropy),
        Network("model_seq2seq", EncoderDecoder, SequenceCrossEntropy),
        Case("model_seq2seq_greedy", GreedyDecoder),
        Case("model_seq2seq_attention", AttentiveDecoder),
        Network("model_lstm_attention_classifier", AttentiveClassifier, CrossEntropy),
    ];

    private static void RecurrentLayer(ReferenceModel m)
    {
        string[] names = [.. new[] { "x", "h0", "c0" }.Where(name => m.Case.Tensors.ContainsKey("input." + name))];
        Tensor<F32>[] inputs = names.Length == 0 ? [m.Input(0)] : [.. names.Select(m.Input)];
        m.Output(Recurrent(m, "", inputs[0], inputs[1..]));
    }

    /// <summary>
    /// A layer of nn.RNN, nn.LSTM or nn.GRU, unrolled: the sequence, then the last states (layers * directions, batch,
    /// features) of h and, for LSTM, of c.
    /// </summary>
    private static Tensor<F32>[] Recurrent(
        ReferenceModel m, string path, Tensor<F32> x, params Tensor<F32>[] initial)
    {
        LayerSettings settings = m.Settings(path);
        bool isBatchFirst = settings.Flag("batch_first");
        Tensor<F32> sequence = isBatchFirst ? x : x.Transpose(0, 1);
        int directions = settings.Flag("bidirectional") ? 2 : 1;
        var last = new List<Tensor<F32>[]>();
        for (int layer = 0; layer < settings.Integer("num_layers"); layer++)
        {
            Tensor<F32> below = sequence;
            Tensor<F32>[] results = [.. Enumerable.Range(0, directions).Select(direction =>
                OneDirection(settings, below, $"_l{layer}", direction == 1, initial, last))];
            sequence = Tensor.Concat(2, results);
        }

        int states = last[0].Length;
        Tensor<F32>[] final = [.. Enumerable.Range(0, states).Select(i =>
            Tensor.Stack(0, [.. last.Select(state => state[i])]))];
        return [isBatchFirst ? sequence : sequence.Transpose(0, 1), .. final];
    }

    // x: (batch, time, features). Adds the last states to a list whose length tells which initial ones to take.
    private static Tensor<F32> OneDirection(
        LayerSettings settings, Tensor<F32> x, string layer, bool isReverse, Tensor<F32>[] initial,
        List<Tensor<F32>[]> last)
    {
        ReferenceModel m = settings.Model;
        string suffix = isReverse ? layer + "_reverse" : layer;
        string type = settings.Type == "RNN" ? settings.Text("nonlinearity")! : settings.Type;
        Tensor<F32> zero = Tensor<F32>.Full(0, x.Shape[0], settings.Integer("hidden_size"));
        Tensor<F32>[] state = initial.Length > 0
            ? [.. initial.Select(given => given.Select(0, last.Count))]
            : [.. Enumerable.Repeat(zero, type == "LSTM" ? 2 : 1)];
        Tensor<F32> inputs = Product(x, "ih");
        var results = new Tensor<F32>[x.Shape[1].Value];
        for (int step = 0; step < results.Length; step++)
        {
            int time = isReverse ? results.Length - 1 - step : step;
            state = TorchStep(type, inputs.Select(1, time), Product(state[0], "hh"), state);
            results[time] = state[0];
        }

        last.Add(state);
        return Tensor.Stack(1, results);

        Tensor<F32> Product(Tensor<F32> value, string kind) => value.Linear(
            m.Parameter(At(settings.Path, $"weight_{kind}{suffix}")),
            settings.Flag("bias") ? m.Parameter(At(settings.Path, $"bias_{kind}{suffix}")) : null);
    }

    private static Tensor<F32> Forecast(ReferenceModel m, string layer) =>
        m.Layer("fc").Call(Recurrent(m, layer, m.Input(0))[0].Select(1, -1));

    private static Tensor<F32> Embedded(ReferenceModel m, string path, Tensor<I64> indices) =>
        m.Parameter(path + ".weight").IndexSelect(0, indices);

    // The last states of both directions of the last layer, side by side.
    private static Tensor<F32> EmbeddedSequence(ReferenceModel m)
    {
        Tensor<F32> last = Recurrent(m, "lstm", Embedded(m, "embedding", m.Input<I64>("0")))[1];
        long count = last.Shape[0].Value;
        return m.Layer("fc").Call(Tensor.Concat(1, last.Select(0, count - 2), last.Select(0, count - 1)));
    }

    // Sutskever et al. 2014, with the right answers as the decoder's inputs.
    private static Tensor<F32> EncoderDecoder(ReferenceModel m)
    {
        Tensor<F32>[] encoded = Recurrent(m, "encoder_lstm", Embedded(m, "encoder_embedding", m.Input<I64>("src")));
        Tensor<F32> answers = Embedded(m, "decoder_embedding", m.Input<I64>("tgt"));
        return m.Layer("output_projection").Call(Recurrent(m, "decoder_lstm", answers, encoded[1], encoded[2])[0]);
    }

    // From a first token on, each the likeliest after those before it; the scores of the last.
    private static void GreedyDecoder(ReferenceModel m)
    {
        Tensor<I64> source = m.Input<I64>("src");
        Tensor<F32>[] state = Recurrent(m, "encoder_lstm", Embedded(m, "encoder_embedding", source))[1..];
        Tensor<I64> token = Tensor<I64>.Full(m.Case.Call("greedy").Integer(1, "bos"), source.Shape[0], 1);
        var tokens = new Tensor<I64>[m.Case.Tensors["output.0"].Shape[1]];
        Tensor<F32>? scores = null;
        for (int i = 0; i < tokens.Length; i++)
        {
            Tensor<F32>[] decoded = Recurrent(m, "decoder_lstm", Embedded(m, "decoder_embedding", token), state);
            state = decoded[1..];
            scores = m.Layer("output_projection").Call(decoded[0]);
            token = scores.ArgMax(2);
            tokens[i] = token;
        }

        m.Output(Tensor.Concat(1, tokens).Node, scores!.Node);
    }

    // Bahdanau et al. 2015: each step looks at the whole source.
    private static void AttentiveDecoder(ReferenceModel m)
    {
        Tensor<F32>[] encoded = Recurrent(m, "encoder", Embedded(m, "src_emb", m.Input<I64>("src")));
        Tensor<F32> state = encoded[1].Select(0, 0);
        Tensor<F32> answers = Embedded(m, "tgt_emb", m.Input<I64>("tgt"));
        var scores = new Tensor<F32>[answers.Shape[1].Value];
        var weights = new Tensor<F32>[scores.Length];
        for (int time = 0; time < scores.Length; time++)
        {
            (Tensor<F32> context, weights[time]) = AdditiveContext(m, state, encoded[0], "attention");
            Tensor<F32> x = Tensor.Concat(1, answers.Select(1, time), context);
            state = TorchStep("GRU", Product(x, "ih"), Product(state, "hh"), [state])[0];
            scores[time] = m.Layer("out").Call(Tensor.Concat(1, state, context));
        }

        m.Output(Tensor.Stack(1, scores), Tensor.Stack(1, weights));
        m.Loss = SequenceCrossEntropy(m, Tensor.Stack(1, scores));

        Tensor<F32> Product(Tensor<F32> value, string kind) =>
            value.Linear(m.Parameter($"cell.weight_{kind}"), m.Parameter($"cell.bias_{kind}"));
    }

    private static Tensor<F32> AttentiveClassifier(ReferenceModel m)
    {
        Tensor<I64> ids = m.Input<I64>("0");
        Tensor<F32> sequence = Recurrent(m, "lstm", PaddedEmbedding(m, ids, "emb"))[0];
        Tensor<Bool> isPadding = ids.EqualTo(m.Settings("emb").Integer("padding_idx"));
        Tensor<F32> scores = m.Layer("score").Call(sequence.Tanh()).Squeeze(2);
        Tensor<F32> weights = scores.MaskedFill(isPadding, double.NegativeInfinity).Softmax(1);
        return m.Layer("fc").Call((weights.Unsqueeze(2) * sequence).Sum(1));
    }
}
