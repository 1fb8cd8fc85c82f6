namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Cells() =>
    [
        TorchCell("rnn_torch_rnncell", "RNN", "h"),
        TorchCell("rnn_torch_lstmcell", "LSTM", "h", "c"),
        TorchCell("rnn_torch_grucell", "GRU", "h"),
        Case("rnn_cell_numpy", m =>
        {
            Tensor<F32> fromInput = m.Input("x").MatMul(m.Parameter("Wxh"));
            m.Output((fromInput + m.Input("h_prev").MatMul(m.Parameter("Whh")) + m.Parameter("bh")).Tanh());
        }),
        Case("rnn_lstm_cell_numpy", m => TutorialLstmCell(m, "c_prev", "forget_gate", "input_gate", "cell_gate",
            "output_gate", (x, path) => InOut(x, m.Parameter(path + ".weights"), m.Parameter(path + ".biases")))),
        Case("rnn_lstm_cell_seed002", m => TutorialLstmCell(m, "C_prev", "W_f", "W_i", "W_C", "W_o",
            (x, path) => m.Layer(path).Call(x))),
        Case("rnn_gru_cell_seed002", m => m.Output(TutorialGruCell(m, m.Input("x"), m.Input("hidden")))),
        Case("rnn_gru_cell_unrolled", m =>
        {
            Tensor<F32>[] states = Unrolled(m.Input("x"), m.Input("h"), (x, h) => TutorialGruCell(m, x, h));
            m.Output(Tensor.Stack(1, states), states[^1]);
        }),
        Case("model_simple_rnn_unrolled", SimpleUnrolled),
    ];

    private static Tensor<F32> Gates(ReferenceModel m, string input, string kind) =>
        m.Input(input).Linear(m.Parameter("weight_" + kind), m.Parameter("bias_" + kind));

    private static ReferenceRow TorchCell(string name, string type, params string[] state) => Case(name, m =>
        m.Output(TorchStep(
            type == "RNN" ? Root(m).Text("nonlinearity")! : type, Gates(m, "x", "ih"), Gates(m, "h", "hh"), [.. state.Select(m.Input)])));

    // One step of nn.RNN, nn.LSTM or nn.GRU from the products with input and state: (h), or (h, c).
    private static Tensor<F32>[] TorchStep(
        string type, Tensor<F32> fromInput, Tensor<F32> fromState, Tensor<F32>[] state) => type switch
        {
            "LSTM" => LongShortTerm(fromInput + fromState, state[1]),
            "GRU" => [GatedUnit(fromInput.Chunk(3, 1), fromState.Chunk(3, 1), state[0])],
            "relu" => [(fromInput + fromState).Relu()],
            "tanh" => [(fromInput + fromState).Tanh()],
            _ => throw new NotComparedException($"there is no cell {type}"),
        };

    // Rows of the weights: gates i, f, g, o.
    private static Tensor<F32>[] LongShortTerm(Tensor<F32> sums, Tensor<F32> before)
    {
        Tensor<F32>[] gates = sums.Chunk(4, 1);
        Tensor<F32> cell = (gates[1].Sigmoid() * before) + (gates[0].Sigmoid() * gates[2].Tanh());
        return [gates[3].Sigmoid() * cell.Tanh(), cell];
    }

    // Rows of the weights: r, z, n. The reset gate acts on the product.
    private static Tensor<F32> GatedUnit(Tensor<F32>[] fromInput, Tensor<F32>[] fromState, Tensor<F32> before)
    {
        Tensor<F32> reset = (fromInput[0] + fromState[0]).Sigmoid();
        Tensor<F32> update = (fromInput[1] + fromState[1]).Sigmoid();
        Tensor<F32> candidate = (fromInput[2] + (reset * fromState[2])).Tanh();
        return ((1 - update) * candidate) + (update * before);
    }

    // One matrix for each gate, over input and state side by side.
    private static void TutorialLstmCell(
        ReferenceModel m, string cellInput, string forget, string input, string candidate, string output,
        Func<Tensor<F32>, string, Tensor<F32>> layer)
    {
        Tensor<F32> combined = Tensor.Concat(1, m.Input("x"), m.Input("h_prev"));
        Tensor<F32> kept = layer(combined, forget).Sigmoid() * m.Input(cellInput);
        Tensor<F32> cell = kept + (layer(combined, input).Sigmoid() * layer(combined, candidate).Tanh());
        m.Output(layer(combined, output).Sigmoid() * cell.Tanh(), cell);
    }

    // The reset gate acts in front of the product; the update gate weighs the new state.
    private static Tensor<F32> TutorialGruCell(ReferenceModel m, Tensor<F32> x, Tensor<F32> state)
    {
        Tensor<F32> combined = Tensor.Concat(1, x, state);
        Tensor<F32> reset = m.Layer("W_r").Call(combined).Sigmoid();
        Tensor<F32> update = m.Layer("W_z").Call(combined).Sigmoid();
        Tensor<F32> candidate = m.Layer("W_h").Call(Tensor.Concat(1, x, reset * state)).Tanh();
        return ((1 - update) * state) + (update * candidate);
    }

    private static void SimpleUnrolled(ReferenceModel m)
    {
        Tensor<F32> x = m.Input(0);
        Tensor<F32> zero = Tensor<F32>.Full(0, x.Shape[0], m.Settings("W_hh").Integer("in_features"));
        Tensor<F32>[] states = Unrolled(x, zero, (input, state) =>
            (m.Layer("W_xh").Call(input) + m.Layer("W_hh").Call(state)).Tanh());
        Tensor<F32> result = Tensor.Stack(1, [.. states.Select(m.Layer("W_hy").Call)]);
        m.Output(result, states[^1]);
        m.Loss = MeanSquare(m, result);
    }

    // x: (batch, time, features). The state after each step.
    private static Tensor<F32>[] Unrolled(
        Tensor<F32> x, Tensor<F32> state, Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> cell)
    {
        var states = new Tensor<F32>[x.Shape[1].Value];
        for (int time = 0; time < states.Length; time++)
        {
            state = cell(x.Select(1, time), state);
            states[time] = state;
        }

        return states;
    }
}
