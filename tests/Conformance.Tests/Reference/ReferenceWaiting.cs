namespace Sinter.Conformance.Tests.Reference;

/// <summary>The cases that are not covered yet, each with what it waits for.</summary>
public static class ReferenceWaiting
{
    /// <summary>What each case waits for, by name.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new (string Missing, string[] Cases)[]
    {
        ("sorting", ["op_topk_sort"]),
        ("recurrent layers over sequences of different lengths", ["rnn_lstm_variable_lengths"]),
        ("several networks trained in turn",
        [
            "model_gan_d_step", "model_gan_g_step", "model_gan_train",
        ]),
        ("learning-rate schedules",
        [
            "train_with_scheduler", "sched_step", "sched_multistep", "sched_exponential", "sched_cosine",
            "sched_cosine_restarts", "sched_onecycle", "sched_onecycle_three_phase", "sched_plateau",
            "sched_plateau_max", "sched_linear_warmup", "sched_warmup_linear_decay", "sched_noam",
            "sched_warmup_cosine", "sched_cyclic", "sched_cyclic_exp", "sched_polynomial", "sched_constant",
            "sched_cosine_seed002", "sched_plateau_keras",
        ]),
        ("the training loop", ["train_early_stopping"]),
        ("the optimizer Adadelta", ["opt_adadelta"]),
        ("the optimizer Adamax", ["opt_adamax"]),
        ("the optimizer NAdam", ["opt_nadam"]),
        ("the optimizer RAdam", ["opt_radam"]),
        ("Adam with epsilon inside the correction", ["opt_adam_keras"]),
        ("pruning", ["prune_magnitude"]),
        ("loss scaling", ["amp_grad_scaler"]),
        ("half-precision types in the C# backend", ["amp_linear_bf16", "amp_rounding"]),
    }.SelectMany(row => row.Cases.Select(name => (Name: name, row.Missing)))
        .ToDictionary(row => row.Name, row => row.Missing);
}
