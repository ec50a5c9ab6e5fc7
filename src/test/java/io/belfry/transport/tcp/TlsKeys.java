package io.belfry.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A key of a server on this machine, made for one test.
public final class TlsKeys {
  private static final String PASSWORD = "for-tests-alone";

  private final Path store;

  private TlsKeys(Path store) {
    this.store = store;
  }

  public static TlsKeys in(Path directory) throws IOException, InterruptedException {
    Path store = directory.resolve("keys.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-alias",
            "door",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            store.toString());
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    if (keytool.waitFor() != 0) {
      throw new IOException(new String(keytool.getInputStream().readAllBytes(), UTF_8));
    }
    return new TlsKeys(store);
  }

  /// Settings of an SSL bundle of this name with this key.
  public String[] bundle(String name) {
    String prefix = "spring.ssl.bundle.jks." + name + ".keystore.";
    return new String[] {
      prefix + "location=file:" + store, prefix + "password=" + PASSWORD, prefix + "type=PKCS12"
    };
  }

  /// The key and its certificate as `key.pem` and `certificate.pem` in this directory.
  public void writePem(Path directory) throws GeneralSecurityException, IOException {
    KeyStore keys = keys();
    write(
        directory.resolve("key.pem"),
        "PRIVATE KEY",
        keys.getKey("door", PASSWORD.toCharArray()).getEncoded());
    write(
        directory.resolve("certificate.pem"),
        "CERTIFICATE",
        keys.getCertificate("door").getEncoded());
  }

  private static void write(Path file, String what, byte[] encoded) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  private KeyStore keys() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  /// What trusts this key and no other.
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    KeyStore keys = keys();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("door", keys.getCertificate("door"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
