using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Training() =>
    [
        Case("train_distillation", TrainedStudent),
        Penalized("train_penalty_l2_seed002", (parameters, lambda) =>
            Total(parameters, parameter => parameter.Square()) * lambda),
        Penalized("train_penalty_l2_half_weights", (parameters, lambda) =>
            Total(Matrices(parameters), weight => weight.Square()) * (lambda / 2)),
        Penalized("train_penalty_l1_weights", (parameters, lambda) =>
            Total(Matrices(parameters), weight => weight.Abs()) * lambda),
        .. new[] { "train_clip_norm", "train_clip_norm_inactive", "train_clip_value" }
            .Select(name => Network(name, m => m.Layer().Call(m.Input(0)), MeanSquare)),
        Case("train_accumulation", Accumulated),
        Network("train_freeze_bn_eval", m => m.Layer().Call(m.Input(0)), CrossEntropy),
        Network("train_freeze_bn_train", m => m.Layer().Call(m.Input(0)), CrossEntropy),
        Case("train_finetune_groups", FineTuned),
        .. new[] { "train_loop_minibatch", "train_loop_single_sample", "train_loop_full_batch" }
            .Select(name => Case(name, TrainingLoop)),
        Case("train_xor_seed004", Xor),
    ];

    private static ReferenceRow[] OptimizerCases() =>
    [
        .. new[]
        {
            "opt_sgd", "opt_sgd_weight_decay", "opt_sgd_momentum", "opt_sgd_momentum_wd", "opt_sgd_dampening",
            "opt_sgd_nesterov", "opt_rmsprop", "opt_rmsprop_seed004", "opt_rmsprop_centered_momentum", "opt_adam",
            "opt_adam_large_step", "opt_adam_l2", "opt_adam_amsgrad", "opt_adamw", "opt_adagrad",
            "opt_adagrad_decay", "opt_adam_seeds",
        }.Select(name => Case(name, TestBed)),

        // v = m v - lr g; p += v is the same as PyTorch's rule, at a constant rate.
        Case("opt_momentum_classic_seed000", m => TestBed(m, Momentum(m, "momentum", _ => 1))),

        // v = b v + (1 - b) g is PyTorch's rule with the factor 1 - b moved into the rate.
        Case("opt_momentum_ema_seed003", m => TestBed(m, Momentum(m, "beta", beta => 1 - beta))),
    ];

    private static Sgd Momentum(ReferenceModel m, string name, Func<double, double> factor)
    {
        double momentum = m.Case.Optimizer.GetProperty(name).GetDouble();
        return new Sgd(m.Case.Optimizer.GetProperty("lr").GetDouble() * factor(momentum), momentum);
    }

    // 0.5 q'Aq - b'q plus a small perceptron.
    private static void TestBed(ReferenceModel m)
    {
        Tensor<F32> q = m.Parameter("q");
        Tensor<F32> quadratic = (q.Dot(m.Input("A").MatMul(q)) * 0.5) - m.Input("b").Dot(q);
        Tensor<F32> hidden = Dense(m, m.Input("x"), "mlp.0").Tanh();
        Tensor<F32> result = Dense(m, hidden, "mlp.2");
        m.Output(quadratic, result);
        m.Loss = quadratic + Losses.MseLoss(result, m.Target);
    }

    private static void TestBed(ReferenceModel m, Optimizer optimizer)
    {
        TestBed(m);
        m.OptimizerOf = _ => optimizer;
    }

    // A linear layer of a case whose metadata do not list its modules.
    private static Tensor<F32> Dense(ReferenceModel m, Tensor<F32> x, string path) =>
        x.Linear(m.Parameter(path + ".weight"), m.Parameter(path + ".bias"));

    private static Tensor<F32> TanhNetwork(ReferenceModel m, Tensor<F32> x) => Dense(m, Dense(m, x, "0").Tanh(), "2");

    private static ReferenceRow Penalized(string name, Func<Tensor<F32>[], double, Tensor<F32>> penalty) =>
        Case(name, m =>
        {
            Tensor<F32> result = m.Layer().Call(m.Input(0));
            m.Output(result);
            Tensor<F32>[] parameters = [.. m.States.Values.Select(state => new Tensor<F32>(state.Node))];
            m.Loss = MeanSquare(m, result) + penalty(parameters, m.Case.Setting("lambda"));
        });

    private static Tensor<F32>[] Matrices(Tensor<F32>[] parameters) =>
        [.. parameters.Where(parameter => parameter.Rank > 1)];

    private static Tensor<F32> Total(Tensor<F32>[] parameters, Func<Tensor<F32>, Tensor<F32>> function) =>
        parameters.Select(parameter => function(parameter).Sum()).Aggregate((sum, term) => sum + term);

    private static void TrainedStudent(ReferenceModel m)
    {
        Tensor<F32> student = m.Layer("student").Call(m.Input(0));
        Tensor<F32> teacher = m.Layer("teacher").Call(m.Input(0));
        m.Output(student, teacher);
        m.Loss = Distillation(student, teacher, m.Labels, m.Case.Setting("alpha"), m.Case.Setting("temperature"));
    }

    // All micro-batches of a cycle in one program: their gradients add up on the way back.
    private static void Accumulated(ReferenceModel m)
    {
        int count = (int)m.Case.Setting("micro_batches");
        Tensor<F32>[] inputs = m.Input("x").Chunk(count);
        Tensor<F32>[] targets = m.Target.Chunk(count);
        var losses = inputs.Zip(targets, (x, target) => Losses.MseLoss(TanhNetwork(m, x), target) / count).ToArray();
        m.Loss = losses.Aggregate((sum, loss) => sum + loss);
        m.StepOutputs.Add("micro_losses", Tensor.Stack(0, losses).Node);
    }

    // Each layer with its own rate and decay.
    private static void FineTuned(ReferenceModel m)
    {
        m.Loss = MeanSquare(m, TanhNetwork(m, m.Input("x")));
        double momentum = m.Case.Optimizer.GetProperty("momentum").GetDouble();
        var groups = m.Case.Optimizer.GetProperty("groups").EnumerateArray().Select((group, i) => (
            Prefix: group.GetProperty("params").GetString()!.TrimEnd('*'),
            Optimizer: new Sgd(
                group.GetProperty("lr").GetDouble(), momentum,
                weightDecay: group.GetProperty("weight_decay").GetDouble(), name: $"group{i}"))).ToArray();
        m.OptimizerOf = parameter => groups
            .Single(group => parameter.FullName.StartsWith(group.Prefix, StringComparison.Ordinal)).Optimizer;
    }

    private static void TrainingLoop(ReferenceModel m)
    {
        long rows = (long)m.Case.Setting("batch_size");
        Tensor<F32> result = TanhNetwork(m, m.Batch("input.x", rows));
        m.Loss = Losses.MseLoss(result, m.Batch("target", rows));
        m.StepOutputs.Add("batch_losses", m.Loss.Node);
        m.EpochSums.Add("epoch_losses", (m.Loss / m.StepsPerEpoch).Node);
    }

    // Other elements are dropped in each step, none at the end.
    private static void Xor(ReferenceModel m)
    {
        double p = m.Case.Constructor().Number(3, "p");
        Tensor<F32> mask = m.PerStep("input.masks", 1).Squeeze(0);
        m.Loss = Losses.MseLoss(Predicted(mask), m.Target);
        m.FinalOutputs.Add("predictions", Predicted(null).Node);

        Tensor<F32> Predicted(Tensor<F32>? dropped) =>
            Dense(m, Dropped(Dense(m, m.Input("x"), "fc1").Relu(), dropped, p), "fc2");
    }
}
