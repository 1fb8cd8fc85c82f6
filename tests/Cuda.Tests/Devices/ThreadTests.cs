using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Devices;

/// <summary>Objects that are disposed while other threads use them: an error, never a crash.</summary>
public sealed class ThreadTests : IDisposable
{
    private readonly FakeDriver fake = new();

    public void Dispose() => fake.Dispose();

    [Fact]
    public void Disposing_under_use_is_an_error_of_the_user_not_a_crash()
    {
        for (int round = 0; round < 20; round++)
        {
            CudaContext context = fake.OpenContext();
            CudaModule module = context.Load(Images.Simple);
            CudaMemory memory = context.Allocate(64);
            CudaKernel kernel = module.GetKernel("add");
            CudaStream[] streams = [.. Enumerable.Range(0, 3).Select(_ => context.CreateStream())];
            Exception?[] errors = new Exception?[3];
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => new Thread(
                () => errors[i] = Use(streams[i], kernel, memory)))];
            Array.ForEach(threads, thread => thread.Start());
            IDisposable[] objects = [.. streams, module, memory, context];
            new Random(round).Shuffle(objects);
            Array.ForEach(objects, each => each.Dispose());
            Array.ForEach(threads, thread => thread.Join());
            Assert.All(errors, error => Assert.IsType<ObjectDisposedException>(error));
        }

        string[] kinds = ["memory", "modules", "streams", "contexts", "leaks"];
        Assert.All(kinds, kind => Assert.Equal(0, fake.Count(kind)));
    }

    private static Exception? Use(CudaStream stream, CudaKernel kernel, CudaMemory memory)
    {
        try
        {
            CudaArguments arguments = new CudaArguments(3).Add(memory.All()).Add(1L).Add(2);
            while (true)
            {
                stream.Launch(kernel, new CudaLaunchShape(new(1), new(32)), arguments);
                stream.Fill(memory.All(), 1u);
                stream.Synchronize();
            }
        }
        catch (Exception error)
        {
            return error;
        }
    }

    [Fact]
    public void Threads_with_streams_of_their_own_do_not_disturb_each_other()
    {
        using CudaContext context = fake.OpenContext();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using CudaStream stream = context.CreateStream();
            using CudaMemory memory = context.Allocate(4000);
            int[] values = [.. Enumerable.Repeat(i, 1000)];
            int[] read = new int[1000];
            for (int j = 0; j < 50; j++)
            {
                stream.Upload<int>(values, memory.All());
                stream.Download(memory.All(), read.AsSpan());
                Assert.Equal(values, read);
            }
        });
    }
}
