using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

namespace Digits;

/// <summary>The program of <see cref="LeNet5"/> with its weights, for one caller.</summary>
internal sealed class Model : IDisposable
{
    private readonly WorkerPool pool;
    private readonly ModelState state;
    private readonly ProgramContext context;

    public Model(string? weights, int threads)
    {
        var program = new LeNet5Program();
        using SafetensorsFile file = DigitReader.OpenWeights(weights);
        state = ModelState.FromFile(file, program);
        pool = new WorkerPool(threads);
        context = new ProgramContext(program, state, pool);
    }

    /// <summary>Room for the pixels of the next run, each from 0 to 1.</summary>
    public Span<float> Images(int count)
    {
        context.SetSymbol("N", count);
        return context.Input<float>("images");
    }

    /// <summary>Computes the logits (count, 10) of the images given.</summary>
    public ReadOnlySpan<float> Run()
    {
        context.Run();
        return context.Output<float>("logits");
    }

    /// <summary>Reads one image of 8 bits a pixel.</summary>
    public (int Digit, float Probability) Read(ReadOnlySpan<byte> image)
    {
        ImageDataset.Normalise(image, Images(1));
        return DigitReader.Judge(Run());
    }

    public void Dispose()
    {
        context.Dispose();
        pool.Dispose();
        state.Dispose();
    }
}
