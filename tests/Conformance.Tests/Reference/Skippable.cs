using Xunit.Abstractions;
using Xunit.Sdk;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>A test that a <see cref="NotComparedException"/> skips while it runs.</summary>
[XunitTestCaseDiscoverer("Sinter.Conformance.Tests.Reference.SkippableFactDiscoverer", "Sinter.Conformance.Tests")]
public sealed class SkippableFactAttribute : FactAttribute;

/// <summary>A theory each of whose rows a <see cref="NotComparedException"/> skips while it runs.</summary>
[XunitTestCaseDiscoverer("Sinter.Conformance.Tests.Reference.SkippableTheoryDiscoverer", "Sinter.Conformance.Tests")]
public sealed class SkippableTheoryAttribute : TheoryAttribute;

public sealed class SkippableFactDiscoverer(IMessageSink sink) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
    [
        new SkippableTestCase(
            sink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(),
            testMethod, null),
    ];
}

public sealed class SkippableTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute,
        object[] dataRow) =>
    [
        new SkippableTestCase(
            DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(),
            discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, dataRow),
    ];
}

/// <summary>xunit 2 knows no test that skips itself: what it reports as failed is told on as skipped.</summary>
public sealed class SkippableTestCase : XunitTestCase
{
    [Obsolete("For xunit, which makes the case anew in the process that runs it.")]
    public SkippableTestCase()
    {
    }

    public SkippableTestCase(
        IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method,
        object[]? arguments)
        : base(sink, display, options, method, arguments)
    {
    }

    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments,
        ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
    {
        using var bus = new SkippingBus(messageBus);
        RunSummary summary = await base.RunAsync(
            diagnosticMessageSink, bus, constructorArguments, aggregator, cancellationTokenSource);
        summary.Failed -= bus.Skipped;
        summary.Skipped += bus.Skipped;
        return summary;
    }

    private sealed class SkippingBus(IMessageBus inner) : IMessageBus
    {
        public int Skipped { get; private set; }

        public bool QueueMessage(IMessageSinkMessage message)
        {
            if (message is ITestFailed failed && failed.ExceptionTypes[0] == typeof(NotComparedException).FullName)
            {
                Skipped++;
                return inner.QueueMessage(new TestSkipped(failed.Test, failed.Messages[0]));
            }

            return inner.QueueMessage(message);
        }

        // The bus belongs to whoever gave it.
        public void Dispose()
        {
        }
    }
}
