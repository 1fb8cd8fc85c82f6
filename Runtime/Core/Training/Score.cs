namespace Sinter.Runtime.Training;

/// <summary>How well a classifier did on a number of examples.</summary>
/// <param name="Loss">The mean loss, each example weighing the same.</param>
/// <param name="Correct">How many examples were classified correctly.</param>
/// <param name="Count">How many examples there were.</param>
public readonly record struct Score(double Loss, int Correct, int Count)
{
    /// <summary>The share of examples classified correctly, 0 to 1; NaN where there were none.</summary>
    public double Accuracy => (double)Correct / Count;
}
