using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Specs;

/// <summary>Checks registers, copies and products of matrices: shapes, types, and that rows exist.</summary>
/// <param name="values">The checks of values, which hold what is in scope.</param>
internal sealed class MatrixSpec(ValueSpec values)
{
    public void Check(Statement statement)
    {
        switch (statement)
        {
            case SetRegister set:
                values.Check(set.Value);
                values.Check(new Register(set.Registers, set.Row, set.Column));
                values.Require(
                    set.Registers.Type == set.Value.Type && set.Value.Lanes == 1,
                    () => $"a {set.Value.Type} is kept in {set.Registers}");
                break;
            case LoadVector load:
                Vector(load.Target, load.Buffer, load.Index);
                break;
            case StoreVector store:
                Vector(store.Source, store.Buffer, store.Index);
                break;
            case CopyAhead copy:
                values.Memory.Require(copy.Target);
                values.Memory.Require(copy.Source);
                values.Check(copy.To);
                values.Check(copy.From);
                values.Require(
                    copy.Target.Type == copy.Source.Type && DTypes.SizeOf(copy.Source.Type) == sizeof(float),
                    () => $"{copy.Source} is copied to {copy.Target}");
                foreach (Condition condition in copy.Conditions)
                {
                    new[] { condition.Index, condition.Low, condition.High }.ToList().ForEach(values.Check);
                }

                break;
            case LoadSquares load:
                values.Memory.Require(load.Buffer);
                values.Check(load.Index);
                values.Require(
                    load.Buffer.Type == DType.U32 && load.Registers.Type == DType.U32,
                    () => $"{load.Registers} are loaded with squares of {load.Buffer}");
                Row(new RegisterRow(load.Registers, load.Row), load.Registers.Width == 2 ? 2 : 4);
                break;
            case MultiplyMatrices product:
                values.Require(product.Precision != ProductPrecision.Exact, () => "an exact product of matrices");
                values.Require(
                    product.Sums.Registers.Type == DType.F32, () => $"{product.Sums.Registers} are sums");
                values.Require(
                    product.Left.Registers.Type == DType.U32 && product.Right.Registers.Type == DType.U32,
                    () => $"{product.Left.Registers} and {product.Right.Registers} are multiplied");
                Row(product.Sums, 4);
                Row(product.Left, 4);
                Row(product.Right, 2);
                break;
        }
    }

    private void Vector(RegisterRow row, Buffer buffer, Index index)
    {
        values.Memory.Require(buffer);
        values.Check(index);
        values.Check(new Register(row.Registers, row.Row, 0));
        values.Require(row.Registers.Type == buffer.Type, () => $"{row.Registers} hold elements of {buffer}");
        values.Require(
            index.IsMultipleOf(row.Registers.Width), () => $"{row.Registers.Width} elements of {buffer} at {index}");
    }

    private void Row(RegisterRow row, int width)
    {
        values.Check(new Register(row.Registers, row.Row, 0));
        values.Require(row.Registers.Width == width, () => $"{row.Registers} are not {width} wide");
    }
}
