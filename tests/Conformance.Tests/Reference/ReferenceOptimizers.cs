using System.Text.Json;
using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>Sinter's optimizer for a class of torch.optim and its constants, with PyTorch's defaults.</summary>
public static class ReferenceOptimizers
{
    /// <summary>Whether Sinter has the optimizer that a case asks for.</summary>
    public static Optimizer Make(JsonElement settings)
    {
        double rate = Number(settings, "lr", 1e-3);
        double decay = Number(settings, "weight_decay", 0);
        double[] betas = settings.TryGetProperty("betas", out JsonElement list)
            ? list.EnumerateArray().Select(beta => beta.GetDouble()).ToArray()
            : [Number(settings, "beta1", 0.9), Number(settings, "beta2", 0.999)];
        return settings.GetProperty("name").GetString() switch
        {
            "SGD" => new Sgd(
                rate, Number(settings, "momentum", 0), Number(settings, "dampening", 0), Flag(settings, "nesterov"),
                decay),
            "Adam" or "adam_seeds" => new Adam(
                rate, betas[0], betas[1], Number(settings, "eps", 1e-8), decay, Flag(settings, "amsgrad")),
            "AdamW" => new AdamW(
                rate, betas[0], betas[1], Number(settings, "eps", 1e-8), Number(settings, "weight_decay", 1e-2),
                Flag(settings, "amsgrad")),
            "RMSprop" => new RmsProp(
                rate, Number(settings, "alpha", 0.99), Number(settings, "eps", 1e-8), decay,
                Number(settings, "momentum", 0), Flag(settings, "centered")),
            "Adagrad" => new Adagrad(
                rate, Number(settings, "lr_decay", 0), decay, Number(settings, "initial_accumulator_value", 0),
                Number(settings, "eps", 1e-10)),
            string other => throw new NotComparedException($"there is no optimizer {other}"),
            null => throw new NotComparedException("the optimizer has no name"),
        };
    }

    /// <summary>A number among the constants, or PyTorch's default.</summary>
    public static double Number(JsonElement settings, string name, double fallback) =>
        settings.TryGetProperty(name, out JsonElement number) ? number.GetDouble() : fallback;

    private static bool Flag(JsonElement settings, string name) =>
        settings.TryGetProperty(name, out JsonElement flag) && flag.GetBoolean();
}
