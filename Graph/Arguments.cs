using System.Runtime.CompilerServices;

namespace Sinter;

/// <summary>Refuses arguments that are null where a value is wanted, by the name of the parameter.</summary>
internal static class Arguments
{
    /// <summary>The argument.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public static T Given<T>(this T? argument, [CallerArgumentExpression(nameof(argument))] string name = "")
        where T : class => argument ?? throw new ArgumentNullException(name);

    /// <summary>The arguments, none of which is null.</summary>
    /// <exception cref="ArgumentNullException">The list, or one of them, is null.</exception>
    public static TList AllGiven<TList>(
        this TList? arguments, [CallerArgumentExpression(nameof(arguments))] string name = "")
        where TList : class, System.Collections.IEnumerable
    {
        int position = 0;
        foreach (object? argument in arguments.Given(name))
        {
            if (argument is null)
            {
                throw new ArgumentNullException(name, FormattableString.Invariant($"the one at {position} is null"));
            }

            position++;
        }

        return arguments!;
    }
}
