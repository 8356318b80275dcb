package valence.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.PathRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Socks5Proxy;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import valence.api.Anomaly;

/// The way through a SOCKS 5 proxy, such as one of `ssh -D`: the proxy resolves the node's name.
final class ProxiedTransport implements Transport {
  /// Calls under way, and answers that last beside them.
  private static final int CONNECTIONS_MAX = 1_024;

  private final HttpClient http;

  ProxiedTransport(InetSocketAddress proxy, Trust trust, Duration connectTimeout) {
    var certificates = new SslContextFactory.Client();
    certificates.setSslContext(trust.context());
    var connector = new ClientConnector();
    connector.setSslContextFactory(certificates);
    http = new HttpClient(new HttpClientTransportOverHTTP(connector));
    http.setConnectTimeout(connectTimeout.toMillis());
    http.setMaxConnectionsPerDestination(CONNECTIONS_MAX);
    http.setFollowRedirects(false);
    http.getContentDecoderFactories().clear();
    http.getProxyConfiguration().addProxy(new Socks5Proxy(proxy.getHostString(), proxy.getPort()));
    try {
      http.start();
    } catch (Exception e) {
      throw Anomaly.fault("The client for the way through a proxy doesn't start: " + e + ".")
          .toException(e);
    }
  }

  @Override
  public Received send(Sent sent, int answerBytesMax) throws IOException, InterruptedException {
    try {
      Request request = request(sent).timeout(sent.timeout().toMillis(), TimeUnit.MILLISECONDS);
      ContentResponse response =
          new CompletableResponseListener(request, answerBytesMax).send().get();
      return new Received(response.getStatus(), headers(response), response.getContent());
    } catch (ExecutionException e) {
      throw translated(e.getCause() == null ? e : e.getCause());
    }
  }

  @Override
  public Opened open(Sent sent) throws IOException, InterruptedException {
    var listener = new InputStreamResponseListener();
    Request request = request(sent);
    request.send(listener);
    try {
      Response response = listener.get(sent.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return new Opened(response.getStatus(), headers(response), listener.getInputStream());
    } catch (ExecutionException e) {
      throw translated(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      request.abort(e);
      throw translated(e);
    } catch (InterruptedException e) {
      request.abort(e);
      throw e;
    }
  }

  @Override
  public Opened listen(Sent sent) throws IOException, InterruptedException {
    return open(sent); // in HTTP/1.1 each answer has its connection
  }

  private static Map<String, String> headers(Response response) {
    Map<String, String> headers = new LinkedHashMap<>();
    response
        .getHeaders()
        .forEach(field ->
            headers.putIfAbsent(field.getName().toLowerCase(Locale.ROOT), field.getValue()));
    return headers;
  }

  private Request request(Sent sent) throws IOException {
    return request(
        sent,
        switch (sent.content()) {
          case Content.Bytes(byte[] bytes) -> new BytesRequestContent(bytes);
          case Content.OfFile(var file) -> new PathRequestContent(file);
        });
  }

  @Override
  public void post(Sent sent) {
    if (sent.content() instanceof Content.Bytes(byte[] bytes)) {
      request(sent, new BytesRequestContent(bytes))
          .timeout(sent.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .send(_ -> {});
    }
  }

  private Request request(Sent sent, Request.Content content) {
    Request request = http.newRequest(sent.uri())
        .method(sent.method())
        .headers(fields -> sent.headers().forEach(fields::put));
    return sent.method().equals("GET") ? request : request.body(content);
  }

  private static IOException translated(Throwable cause) {
    return switch (cause) {
      case ConnectException e -> e;
      case SocketTimeoutException e -> because(new HttpConnectTimeoutException(e.toString()), e);
      case TimeoutException e -> because(new HttpTimeoutException(e.toString()), e);
      case IOException e
      when String.valueOf(e.getMessage()).contains("SOCKS") ->
        because(new ConnectException(e.getMessage()), e);
      case IOException e -> e;
      default -> new IOException(cause);
    };
  }

  private static IOException because(IOException translated, Throwable cause) {
    translated.initCause(cause);
    return translated;
  }

  @Override
  public void close() {
    try {
      http.stop();
    } catch (Exception e) {
      throw Anomaly.fault("The client for the way through a proxy doesn't stop: " + e + ".")
          .toException(e);
    }
  }
}
