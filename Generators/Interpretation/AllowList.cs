using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>
/// What a model may use beside the graph library. A type that is not here cannot be named, so nothing of it runs.
/// </summary>
internal static class AllowList
{
    private static readonly Type[] Known =
    [
        typeof(object), typeof(string), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short),
        typeof(ushort),
        typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
        typeof(void),
        typeof(Math), typeof(Array), typeof(Enum), typeof(ValueType), typeof(Delegate), typeof(Type),
        typeof(System.Reflection.MemberInfo), typeof(Nullable<>),
        typeof(BitConverter), typeof(Convert), typeof(StringComparison), typeof(StringComparer),
        typeof(StringSplitOptions),
        typeof(StringBuilder), typeof(FormattableString), typeof(CultureInfo), typeof(IFormatProvider),
        typeof(MidpointRounding),

        typeof(IDisposable), typeof(IComparable), typeof(IComparable<>), typeof(IEquatable<>), typeof(IFormattable),
        typeof(Lazy<>), typeof(KeyValuePair<,>), typeof(Tuple), typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>),
        typeof(ValueTuple), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>),
        typeof(ValueTuple<,,,>),
        typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),

        typeof(Action), typeof(Action<>), typeof(Action<,>), typeof(Action<,,>), typeof(Action<,,,>),
        typeof(Action<,,,,>),
        typeof(Func<>), typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(Func<,,,,>), typeof(Func<,,,,,>),
        typeof(Predicate<>), typeof(Comparison<>), typeof(Converter<,>),

        typeof(IEnumerable), typeof(IEnumerable<>), typeof(IEnumerator), typeof(IEnumerator<>), typeof(ICollection),
        typeof(ICollection<>), typeof(IList), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>),
        typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(ISet<>), typeof(IComparer<>),
        typeof(IEqualityComparer<>),
        typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(Stack<>), typeof(Queue<>),
        typeof(LinkedList<>),
        typeof(LinkedListNode<>), typeof(SortedDictionary<,>), typeof(SortedSet<>), typeof(Comparer<>),
        typeof(EqualityComparer<>),
        typeof(ImmutableArray), typeof(ImmutableArray<>), typeof(ImmutableArray<>.Builder), typeof(ImmutableList),
        typeof(ImmutableList<>), typeof(ImmutableDictionary), typeof(ImmutableDictionary<,>),
        typeof(Enumerable), typeof(IGrouping<,>), typeof(ILookup<,>), typeof(IOrderedEnumerable<>),

        typeof(Exception), typeof(SystemException), typeof(ArgumentException), typeof(ArgumentNullException),
        typeof(ArgumentOutOfRangeException), typeof(InvalidOperationException), typeof(NotSupportedException),
        typeof(NotImplementedException), typeof(FormatException), typeof(OverflowException),
        typeof(ArithmeticException),
        typeof(DivideByZeroException), typeof(IndexOutOfRangeException), typeof(InvalidCastException),
        typeof(NullReferenceException), typeof(KeyNotFoundException), typeof(ApplicationException),
    ];

    // Types of newer runtimes: there where the compiler runs on one, which it does in dotnet build.
    private static readonly string[] Newer = ["System.MathF", "System.Half"];

    private static readonly Dictionary<string, Type> ByName = Known
        .Concat(Newer.Select(name => Type.GetType(name)).Where(type => type is not null))
        .ToDictionary(type => type!.FullName.Replace('+', '.'))!;

    // A member of an allowed type that must not be used, and what to use instead.
    private static readonly (Type Type, string Member, string Advice)[] Denied =
    [
        (typeof(object), "GetHashCode", "hash codes differ from run to run"),
        (typeof(string), "GetHashCode", "hash codes differ from run to run"),
        (typeof(object), "MemberwiseClone", "use a record and 'with'"),
        (typeof(string), "ToUpper", "it depends on the culture; use ToUpperInvariant"),
        (typeof(string), "ToLower", "it depends on the culture; use ToLowerInvariant"),
        (typeof(string), "CompareTo", "it depends on the culture; use string.CompareOrdinal"),
        (typeof(string), "Format", "it depends on the culture; use an interpolated string"),
        (typeof(string), "Intern", "identities of strings are no concern of models"),
        (typeof(CultureInfo), "CurrentCulture", "results would depend on the machine; use InvariantCulture"),
        (typeof(CultureInfo), "CurrentUICulture", "results would depend on the machine; use InvariantCulture"),
        (typeof(StringComparer), "CurrentCulture", "results would depend on the machine; use Ordinal"),
        (typeof(StringComparer), "CurrentCultureIgnoreCase",
            "results would depend on the machine; use OrdinalIgnoreCase"),
    ];

    // Of these types only the members named.
    private static readonly Dictionary<Type, string[]> Only = new()
    {
        [typeof(Type)] = ["Name", "Equals", "op_Equality", "op_Inequality"],
        [typeof(System.Reflection.MemberInfo)] = ["Name"],
        [typeof(Delegate)] = ["Equals"],
        [typeof(CultureInfo)] = ["InvariantCulture"],
        [typeof(Array)] =
        [
            "Length", "Rank", "GetLength", "Empty", "Fill", "Reverse", "IndexOf", "LastIndexOf", "Copy", "ConvertAll",
            "Clone",
            "Exists", "Find", "FindIndex", "FindAll", "TrueForAll", "ForEach", "Sort", "Clear",
        ],
        [typeof(Exception)] = [".ctor", "Message", "InnerException", "ToString"],
        [typeof(Enum)] = ["ToString", "HasFlag", "GetValues", "GetNames", "GetName", "IsDefined", "Parse", "Equals"],
    };

    // Text without a comparison is compared as the culture does.
    private static readonly HashSet<string> CulturalSearches =
        ["StartsWith", "EndsWith", "IndexOf", "LastIndexOf", "Compare"];

    /// <summary>The members whose result may be as large as an argument says.</summary>
    public static HashSet<string> Sized { get; } =
        ["Range", "Repeat", "PadLeft", "PadRight", "Insert", "CreateBuilder", "EnsureCapacity", "Append"];

    /// <summary>The type of a metadata name, or null.</summary>
    public static Type? Find(string metadataName) => ByName.TryGetValue(metadataName, out Type? type) ? type : null;

    /// <summary>Whether a type of the system may be named.</summary>
    public static bool Knows(INamedTypeSymbol type)
    {
        string name = type.OriginalDefinition.MetadataName;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "." + name;
        }

        string full = type.ContainingNamespace.ToDisplayString() + "." + name;
        return Find(full) is not null
            || full is "System.Index" or "System.Range" or "System.MemoryExtensions" or "System.Span`1"
            or "System.ReadOnlySpan`1" or "System.Attribute";
    }

    /// <summary>Why a member of an allowed type must not be used; null where it may.</summary>
    /// <param name="type">The type that declares it; definition, not instance, of a generic one.</param>
    /// <param name="member">Its name, an accessor's without get_ or set_.</param>
    /// <param name="parameters">The types of its parameters.</param>
    public static string? Refusal(Type type, string member, IReadOnlyList<Type> parameters)
    {
        foreach ((Type of, string name, string advice) in Denied)
        {
            if (of == type && name == member)
            {
                return advice;
            }
        }

        if (Only.TryGetValue(type, out string[]? members) && !members.Contains(member))
        {
            return "it is none of the members of this type that models may use";
        }

        bool isSearch = type == typeof(string) && CulturalSearches.Contains(member);
        if (isSearch && parameters.Contains(typeof(string)) && !parameters.Contains(typeof(StringComparison)))
        {
            return "it depends on the culture; pass StringComparison.Ordinal";
        }

        bool isSort = type == typeof(Enumerable) && (member.StartsWith("OrderBy", StringComparison.Ordinal)
            || member.StartsWith("ThenBy", StringComparison.Ordinal));
        return isSort && parameters.Count == 2 && parameters[1].GenericTypeArguments.LastOrDefault() == typeof(string)
            ? "the order of strings depends on the culture; pass StringComparer.Ordinal"
            : null;
    }
}
