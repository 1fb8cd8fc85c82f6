namespace Sinter.Conformance.Tests.Reference;

/// <summary>Cases of PyTorch's values on the emulated device. A class of its own: it runs beside the others.</summary>
public sealed class ReferenceOnDeviceTests
{
    // All of them pass, in eight minutes; each run sees these.
    private const int Every = 12;

    public static TheoryData<string> Cases() =>
        [.. ReferenceTests.Names().Except(ReferenceWaiting.Reasons.Keys).Where((_, i) => i % Every == 0)];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Device_computes_what_PyTorch_computes(string name)
    {
        if (Long.Reason is { } reason)
        {
            throw new NotComparedException(reason);
        }

        ReferenceTests.Check("cuda-forward", name);
    }
}
