namespace Sinter;

/// <summary>
/// A graph's text in pieces, compared by what they say. As one string, that of a large graph would be among the
/// objects for which the runtime collects all memory, at each keystroke in an editor.
/// </summary>
/// <param name="Pieces">Whole lines each; the same for the same text.</param>
public sealed record GraphText(EquatableArray<string> Pieces)
{
    /// <summary>Text that is at hand as a whole.</summary>
    public static implicit operator GraphText(string text) => new(new EquatableArray<string>(text));

    /// <summary>The whole text.</summary>
    public override string ToString() => string.Concat(Pieces);
}
