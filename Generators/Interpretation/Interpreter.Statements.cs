using System.Collections;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <content>Statements.</content>
internal sealed partial class Interpreter
{
    // How a statement ended.
    private enum Flow
    {
        Next,
        Break,
        Continue,
        Return,
        Goto,
    }

    private Flow Execute(IOperation statement, Frame frame)
    {
        Step();
        try
        {
            return statement.Kind switch
            {
                OperationKind.Block => Block(((IBlockOperation)statement).Operations, frame),
                OperationKind.ExpressionStatement =>
                    Discard(Evaluate(((IExpressionStatementOperation)statement).Operation, frame)),
                OperationKind.VariableDeclarationGroup => Declare((IVariableDeclarationGroupOperation)statement, frame),
                OperationKind.Return or OperationKind.YieldReturn or OperationKind.YieldBreak =>
                    Return((IReturnOperation)statement, frame),
                OperationKind.Conditional => If((IConditionalOperation)statement, frame),
                OperationKind.LocalFunction or OperationKind.Empty => Flow.Next,
                _ => ExecuteRare(statement, frame),
            };
        }
        catch (Exception error) when (Note(error, statement))
        {
            throw;
        }
    }

    // What few models use: apart, so that most need not have it compiled.
    private Flow ExecuteRare(IOperation statement, Frame frame) => statement switch
    {
        IForLoopOperation loop => For(loop, frame),
        IForEachLoopOperation loop => ForEach(loop, frame),
        IWhileLoopOperation loop => While(loop, frame),
        IBranchOperation jump => Jump(jump, frame),
        ISwitchOperation choice => Switch(choice, frame),
        IUsingOperation block => Using(block, frame),
        IUsingDeclarationOperation declaration => Declare(declaration.DeclarationGroup, frame),
        ITryOperation block => Try(block, frame),
        IThrowOperation error => Discard(Throw(error, frame)),
        ILabeledOperation labeled => labeled.Operation is { } inner ? Execute(inner, frame) : Flow.Next,
        ILockOperation block => Execute(block.Body, frame),
        _ => Discard(Evaluate(statement, frame)),
    };

    private static Flow Discard(object? value)
    {
        _ = value;
        return Flow.Next;
    }

    // A using declaration disposes at the end of its block. A goto looks for its label in the blocks around it.
    private Flow Block(ImmutableArray<IOperation> statements, Frame frame)
    {
        List<(object? Resource, IOperation Where)>? resources = null;
        try
        {
            for (int i = 0; i < statements.Length; i++)
            {
                Flow flow = Execute(statements[i], frame);
                if (statements[i] is IUsingDeclarationOperation declaration)
                {
                    var declarators = declaration.DeclarationGroup.Declarations.SelectMany(d => d.Declarators);
                    var made = declarators.Select(d => (frame.Find(d.Symbol)!.Value, (IOperation)declaration));
                    (resources ??= []).AddRange(made);
                }

                if (flow == Flow.Goto && Position(statements, frame.Label!) is { } label)
                {
                    frame.Label = null;
                    i = label - 1;
                    continue;
                }

                if (flow != Flow.Next)
                {
                    return flow;
                }
            }

            return Flow.Next;
        }
        finally
        {
            for (int i = (resources?.Count ?? 0) - 1; i >= 0; i--)
            {
                Dispose(resources![i].Resource, resources[i].Where);
            }
        }
    }

    private static int? Position(ImmutableArray<IOperation> statements, ISymbol label)
    {
        for (int i = 0; i < statements.Length; i++)
        {
            if (statements[i] is ILabeledOperation labeled
                && SymbolEqualityComparer.Default.Equals(labeled.Label, label))
            {
                return i;
            }
        }

        return null;
    }

    private Flow Declare(IVariableDeclarationGroupOperation group, Frame frame)
    {
        foreach (IVariableDeclarationOperation declaration in group.Declarations)
        {
            foreach (IVariableDeclaratorOperation declarator in declaration.Declarators)
            {
                Declare(declarator, declaration.Initializer, frame);
            }
        }

        return Flow.Next;
    }

    private void Declare(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? shared, Frame frame)
    {
        if (declarator.Symbol.IsRef)
        {
            throw Unsupported(declarator, "a ref local");
        }

        IVariableInitializerOperation? initializer = declarator.Initializer ?? shared;
        object? value = initializer is null
            ? Default(declarator.Symbol.Type, frame)
            : Copy(Evaluate(initializer.Value, frame));
        frame.Declare(declarator.Symbol, value);
    }

    private Flow Return(IReturnOperation end, Frame frame)
    {
        switch (end.Kind)
        {
            case OperationKind.YieldReturn:
                frame.Yielded!.Add(Copy(Evaluate(end.ReturnedValue!, frame)));
                CheckSize(frame.Yielded.Count);
                return Flow.Next;
            case OperationKind.YieldBreak:
                return Flow.Return;
            default:
                frame.Result = end.ReturnedValue is { } value ? Copy(Evaluate(value, frame)) : null;
                return Flow.Return;
        }
    }

    private Flow If(IConditionalOperation branch, Frame frame)
    {
        IOperation? chosen = IsTrue(branch.Condition, frame) ? branch.WhenTrue : branch.WhenFalse;
        return chosen is null ? Flow.Next : Execute(chosen, frame);
    }

    private Flow For(IForLoopOperation loop, Frame frame)
    {
        foreach (IOperation before in loop.Before)
        {
            Execute(before, frame);
        }

        while (loop.Condition is null || IsTrue(loop.Condition, frame))
        {
            Flow flow = Execute(loop.Body, frame);
            if (Leaves(flow, out Flow outer))
            {
                return outer;
            }

            foreach (IOperation next in loop.AtLoopBottom)
            {
                Execute(next, frame);
            }
        }

        return Flow.Next;
    }

    private Flow While(IWhileLoopOperation loop, Frame frame)
    {
        bool first = !loop.ConditionIsTop;
        while (first || IsTrue(loop.Condition!, frame) != loop.ConditionIsUntil)
        {
            first = false;
            if (Leaves(Execute(loop.Body, frame), out Flow outer))
            {
                return outer;
            }
        }

        return Flow.Next;
    }

    private static bool Leaves(Flow flow, out Flow outer)
    {
        outer = flow == Flow.Break ? Flow.Next : flow;
        return flow is Flow.Break or Flow.Return or Flow.Goto;
    }

    private Flow ForEach(IForEachLoopOperation loop, Frame frame)
    {
        if (loop.IsAsynchronous)
        {
            throw Unsupported(loop, "await foreach");
        }

        foreach (object? item in Items(loop, frame))
        {
            Step();
            Assign(loop.LoopControlVariable, item, loop.Collection.Type, frame);
            if (Leaves(Execute(loop.Body, frame), out Flow outer))
            {
                return outer;
            }
        }

        return Flow.Next;
    }

    private IEnumerable<object?> Items(IForEachLoopOperation loop, Frame frame)
    {
        object? collection = Evaluate(loop.Collection, frame);
        if (collection is IEnumerable items and not IInterpreted)
        {
            return items.Cast<object?>();
        }

        if (collection is null)
        {
            throw new NullReferenceException();
        }

        var syntax = (CommonForEachStatementSyntax)loop.Syntax;
        ForEachStatementInfo info = Model(syntax.SyntaxTree).GetForEachStatementInfo(syntax);
        return info.GetEnumeratorMethod is { } start
            ? Enumerated(collection, start, info, loop)
            : throw Unsupported(loop, "a loop over this type");
    }

    // A type of the user's with GetEnumerator, by pattern or interface.
    private IEnumerable<object?> Enumerated(
        object collection, IMethodSymbol start, ForEachStatementInfo info, IOperation loop)
    {
        object? enumerator = start.IsStatic
            ? Call(start, null, [collection], loop)
            : Call(start, collection, [], loop);
        if (enumerator is IEnumerator real and not IInterpreted)
        {
            while (real.MoveNext())
            {
                yield return real.Current;
            }

            yield break;
        }

        while ((bool)Call(info.MoveNextMethod!, enumerator, [], loop)!)
        {
            yield return Call(info.CurrentProperty!.GetMethod!, enumerator, [], loop);
        }
    }

    private static Flow Jump(IBranchOperation jump, Frame frame)
    {
        switch (jump.BranchKind)
        {
            case BranchKind.Break:
                return Flow.Break;
            case BranchKind.Continue:
                return Flow.Continue;
            default:
                frame.Label = jump.Target;
                return Flow.Goto;
        }
    }

    private Flow Switch(ISwitchOperation choice, Frame frame)
    {
        object? value = Evaluate(choice.Value, frame);
        ISwitchCaseOperation? chosen =
            choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => Fits(clause, value, frame)))
            ?? choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause is IDefaultCaseClauseOperation));
        while (chosen is not null)
        {
            Flow flow = Block(chosen.Body, frame);
            if (flow != Flow.Goto)
            {
                return flow == Flow.Break ? Flow.Next : flow;
            }

            // goto case: the label belongs to a clause.
            chosen = choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause =>
                clause.Label is not null && SymbolEqualityComparer.Default.Equals(clause.Label, frame.Label)));
            if (chosen is null)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private bool Fits(ICaseClauseOperation clause, object? value, Frame frame) => clause switch
    {
        ISingleValueCaseClauseOperation single => Equals(Evaluate(single.Value, frame), value),
        IPatternCaseClauseOperation pattern =>
            Matches(pattern.Pattern, value, frame) && (pattern.Guard is null || IsTrue(pattern.Guard, frame)),
        _ => false,
    };

    private Flow Using(IUsingOperation block, Frame frame)
    {
        object?[] resources;
        if (block.Resources is IVariableDeclarationGroupOperation group)
        {
            Declare(group, frame);
            resources = [.. group.Declarations.SelectMany(d => d.Declarators).Select(d => frame.Find(d.Symbol)!.Value)];
        }
        else
        {
            resources = [Evaluate(block.Resources, frame)];
        }

        try
        {
            return Execute(block.Body, frame);
        }
        finally
        {
            foreach (object? resource in Enumerable.Reverse(resources))
            {
                Dispose(resource, block);
            }
        }
    }

    private void Dispose(object? resource, IOperation where)
    {
        if (resource is IInterpreted { Self: { } self })
        {
            IMethodSymbol? method =
                self.Type.GetMembers("Dispose").OfType<IMethodSymbol>().FirstOrDefault(m => m.Parameters.IsEmpty)
                ?? throw Unsupported(where, "disposing this type");
            Call(method, resource, [], where);
        }
        else
        {
            (resource as IDisposable)?.Dispose();
        }
    }

    private Flow Try(ITryOperation block, Frame frame)
    {
        try
        {
            return Guarded(block, frame);
        }
        finally
        {
            if (block.Finally is { } last)
            {
                Execute(last, frame);
            }
        }
    }

    private Flow Guarded(ITryOperation block, Frame frame)
    {
        Frame? here = current;
        try
        {
            return Execute(block.Body, frame);
        }
        catch (Exception error) when (error is not (Stop or OperationCanceledException) && block.Catches.Length > 0)
        {
            current = here;
            foreach (ICatchClauseOperation clause in block.Catches)
            {
                if (!Catches(clause, error, frame))
                {
                    continue;
                }

                Exception? outer = frame.Caught;
                frame.Caught = error;
                try
                {
                    return Execute(clause.Handler, frame);
                }
                finally
                {
                    frame.Caught = outer;
                }
            }

            throw;
        }
    }

    private bool Catches(ICatchClauseOperation clause, Exception error, Frame frame)
    {
        bool isType = clause.ExceptionType is null || clause.ExceptionType.SpecialType == SpecialType.System_Object
            || TypeOf(clause.ExceptionType, frame).IsInstanceOfType(error);
        if (!isType)
        {
            return false;
        }

        if (clause.ExceptionDeclarationOrExpression is IVariableDeclaratorOperation declarator)
        {
            frame.Declare(declarator.Symbol, error);
        }

        return clause.Filter is null || IsTrue(clause.Filter, frame);
    }

    private object? Throw(IThrowOperation statement, Frame frame)
    {
        Exception? error = statement.Exception is null ? frame.Caught
            : Evaluate(statement.Exception, frame) as Exception;
        if (error is null)
        {
            throw new NullReferenceException();
        }

        Note(error, statement);
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error).Throw();
        return null;
    }

    private bool IsTrue(IOperation condition, Frame frame) => (bool)Evaluate(condition, frame)!;
}
