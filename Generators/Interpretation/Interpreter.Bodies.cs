using System.Collections;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Bodies of methods, and iterators.</content>
internal sealed partial class Interpreter
{
    private readonly Dictionary<IOperation, bool> iterators = [];

    private object? RunBody(Frame frame, SyntaxNode syntax, object?[] arguments)
    {
        IMethodSymbol method = frame.Method!;
        var parameters = (method.PartialImplementationPart ?? method).OriginalDefinition.Parameters;
        for (int i = 0; i < arguments.Length; i++)
        {
            frame.Declare(parameters[i], arguments[i]);
        }

        IOperation body = OperationOf(syntax) ?? throw Stop.Invalid();
        IOperation block = body switch
        {
            IMethodBodyOperation m => m.BlockBody ?? m.ExpressionBody ?? throw Stop.Invalid(),
            IConstructorBodyOperation c => c.BlockBody ?? c.ExpressionBody ?? throw Stop.Invalid(),
            ILocalFunctionOperation f => f.Body ?? throw Stop.Invalid(),
            _ => body,
        };
        object? result = RunBlock(frame, block, method);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (parameters[i].RefKind is RefKind.Ref or RefKind.Out)
            {
                arguments[i] = frame.Find(parameters[i])!.Value;
            }
        }

        return result;
    }

    private object? RunBlock(Frame frame, IOperation block, IMethodSymbol method)
    {
        Frame? outer = current;
        current = frame;
        try
        {
            if (!IsIterator(block))
            {
                _ = block is IBlockOperation ? Execute(block, frame) : Flow.Next;
                frame.Result = block is IBlockOperation ? frame.Result : Evaluate(block, frame);
                return frame.Result;
            }

            // All items at once: what makes no end reaches the limit of steps.
            var sequence = (INamedTypeSymbol)Substitute(method.ReturnType, frame)!;
            Type element = sequence.TypeArguments.Length == 1 ? types.Map(sequence.TypeArguments[0]) : typeof(object);
            frame.Yielded = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            Execute(block, frame);
            return sequence.Name == nameof(IEnumerator) ? frame.Yielded.GetEnumerator() : frame.Yielded;
        }
        finally
        {
            current = outer;
        }
    }

    private bool IsIterator(IOperation block)
    {
        if (!iterators.TryGetValue(block, out bool found))
        {
            found = Own(block).Any(o => o.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak);
            iterators.Add(block, found);
        }

        return found;
    }

    // Without what belongs to functions inside.
    private static IEnumerable<IOperation> Own(IOperation block)
    {
        var rest = new Stack<IOperation>();
        rest.Push(block);
        while (rest.Count > 0)
        {
            IOperation operation = rest.Pop();
            yield return operation;
            foreach (IOperation child in operation.ChildOperations)
            {
                if (child is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
                {
                    rest.Push(child);
                }
            }
        }
    }

    private static bool HasBody(SyntaxNode? syntax) => syntax switch
    {
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        ArrowExpressionClauseSyntax => true,
        _ => false,
    };
}
