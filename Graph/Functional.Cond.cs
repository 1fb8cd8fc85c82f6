namespace Sinter;

/// <content>Branches.</content>
public static partial class Functional
{
    /// <summary>
    /// One of two values, of which only that one is computed: PyTorch's <c>torch.cond</c>, ONNX's <c>If</c>. What a
    /// branch makes is done where it is taken; what it reads of its surroundings is there before. Gradients flow
    /// through the branch that was taken; what that does not read has the gradient zero. To choose by element, use
    /// <see cref="Tensor.Where{T}(Tensor{Bool}, Tensor{T}, Tensor{T})"/>.
    /// </summary>
    /// <param name="predicate">Which: a scalar. <see cref="Logic.Any(Tensor{Bool}, int[], bool)"/> makes one
    /// of many.</param>
    /// <param name="then">Makes the value where the predicate holds. Called once, whatever runs find.</param>
    /// <param name="otherwise">Makes the value where it does not, of the same shape.</param>
    /// <exception cref="GraphException">The predicate is no scalar; the branches differ in shape, or update state; or
    /// the predicate belongs to no graph yet, because it depends on state or constants only: use the form with an
    /// operand.</exception>
    /// <remarks>Draws (dropout) inside a branch are those it would make outside; the random state moves in every
    /// run, whichever branch is taken.</remarks>
    /// <example>
    /// <code>
    /// // hidden: (batch, features); leaves early where all rows are sure.
    /// Tensor&lt;F32&gt; early = head.Call(hidden);
    /// Tensor&lt;Bool&gt; sure = (early.Softmax(1).Max(1) &gt; 0.9).All();
    /// Tensor&lt;F32&gt; logits = Functional.Cond(sure, () => early, () => deep.Call(hidden));
    /// </code>
    /// </example>
    public static Tensor<T> Cond<T>(Tensor<Bool> predicate, Func<Tensor<T>> then, Func<Tensor<T>> otherwise)
        where T : struct, IElement
    {
        _ = then.Given();
        _ = otherwise.Given();
        return new(new BranchBuilder(predicate.Given().Node).Run(
            () => [then().Given(nameof(then)).Node], () => [otherwise().Given(nameof(otherwise)).Node])[0]);
    }

    /// <summary>One of two pairs of values.</summary>
    /// <inheritdoc cref="Cond{T}"/>
    public static (Tensor<TFirst> First, Tensor<TSecond> Second) Cond<TFirst, TSecond>(
        Tensor<Bool> predicate, Func<(Tensor<TFirst> First, Tensor<TSecond> Second)> then,
        Func<(Tensor<TFirst> First, Tensor<TSecond> Second)> otherwise)
        where TFirst : struct, IElement
        where TSecond : struct, IElement
    {
        Node[] results = new BranchBuilder(predicate.Given().Node).Run(() => Nodes(then()), () => Nodes(otherwise()));
        return (new Tensor<TFirst>(results[0]), new Tensor<TSecond>(results[1]));

        static Node[] Nodes((Tensor<TFirst> First, Tensor<TSecond> Second) pair) => [pair.First.Node, pair.Second.Node];
    }

    /// <summary>One of two triples of values.</summary>
    /// <inheritdoc cref="Cond{T}"/>
    public static (Tensor<TFirst> First, Tensor<TSecond> Second, Tensor<TThird> Third) Cond<TFirst, TSecond, TThird>(
        Tensor<Bool> predicate, Func<(Tensor<TFirst> First, Tensor<TSecond> Second, Tensor<TThird> Third)> then,
        Func<(Tensor<TFirst> First, Tensor<TSecond> Second, Tensor<TThird> Third)> otherwise)
        where TFirst : struct, IElement
        where TSecond : struct, IElement
        where TThird : struct, IElement
    {
        Node[] results = new BranchBuilder(predicate.Given().Node).Run(() => Nodes(then()), () => Nodes(otherwise()));
        return (new Tensor<TFirst>(results[0]), new Tensor<TSecond>(results[1]), new Tensor<TThird>(results[2]));

        static Node[] Nodes((Tensor<TFirst> First, Tensor<TSecond> Second, Tensor<TThird> Third) all) =>
            [all.First.Node, all.Second.Node, all.Third.Node];
    }

    /// <summary>One of two functions of a value, of which only that one is computed.</summary>
    /// <param name="predicate">Which: a scalar, of the operand's graph or of none yet, such as a comparison of
    /// state.</param>
    /// <param name="operand">What the branches take, of any shape. They may read other values, too.</param>
    /// <param name="then">Makes the value where the predicate holds.</param>
    /// <param name="otherwise">Makes the value where it does not, of the same shape.</param>
    /// <inheritdoc cref="Cond{T}"/>
    public static Tensor<TResult> Cond<TOperand, TResult>(
        Tensor<Bool> predicate, Tensor<TOperand> operand, Func<Tensor<TOperand>, Tensor<TResult>> then,
        Func<Tensor<TOperand>, Tensor<TResult>> otherwise)
        where TOperand : struct, IElement
        where TResult : struct, IElement
    {
        var branches = new BranchBuilder(predicate.Given().Node, operand.Given().Node);
        var own = new Tensor<TOperand>(branches.Operands[0]);
        return new(branches.Run(
            () => [then(own).Given(nameof(then)).Node], () => [otherwise(own).Given(nameof(otherwise)).Node])[0]);
    }
}
