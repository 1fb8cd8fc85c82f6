namespace Sinter.Conformance.Tests.Reference;

/// <summary>Why there is nothing to compare with: tests that meet it are skipped, never passed.</summary>
public sealed class NotComparedException(string reason) : Exception(reason);
