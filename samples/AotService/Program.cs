using Digits;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;

// digits-service [--weights F] [--urls http://localhost:5000]
try
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
    using var predictor = new Predictor(builder.Configuration["weights"]);
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = Endpoints.MaximumBytes);

    // As many connections at once as the system allows to wait.
    builder.Services.Configure<SocketTransportOptions>(options => options.Backlog = 4096);

    // Asked to stop, the service takes no new requests and answers those it has.
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));

    WebApplication service = builder.Build();
    var endpoints = new Endpoints(predictor);
    service.MapGet("/health", (RequestDelegate)endpoints.Health);
    service.MapPost("/predict", (RequestDelegate)endpoints.Predict);
    await service.RunAsync();
    return 0;
}
catch (Exception error) when (error is RunException or ModelFormatException or IOException
    or UnauthorizedAccessException or PlatformNotSupportedException)
{
    Console.Error.WriteLine("error: " + error.Message);
    return 1;
}
