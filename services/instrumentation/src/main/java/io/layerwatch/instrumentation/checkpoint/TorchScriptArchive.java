package io.layerwatch.instrumentation.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The file of a TorchScript module: a zip archive with one folder, in it {@code data.pkl} and
 * {@code constants.pkl}, the tensors under {@code data/} and {@code constants/}, and the program
 * under {@code code/}.
 */
public final class TorchScriptArchive {

  /** Where the source was when it was exported: nothing that the module computes. */
  private static final String SOURCE_RANGES = ".debug_pkl";

  private static final List<String> FOLDERS = List.of("data/", "constants/", "code/");
  private static final List<String> RECORDS = List.of("data.pkl", "constants.pkl");

  private TorchScriptArchive() {}

  /**
   * Refuses a file that is plainly no archive, before PyTorch sees it.
   *
   * @throws InvalidCheckpointException in one sentence
   */
  public static void check(TorchScriptManifest manifest) {
    Path file = manifest.archive();
    if (!Files.isRegularFile(file)) {
      throw new InvalidCheckpointException(file + ": expected a TorchScript archive, found none");
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<String> parts = zip.stream().map(entry -> part(entry).orElse("")).toList();
      for (String record : RECORDS) {
        if (!parts.contains(record)) {
          throw notAnArchive(file, "a zip file without " + record);
        }
      }
      if (parts.stream().noneMatch(part -> part.startsWith("code/"))) {
        throw notAnArchive(file, "a zip file without code");
      }
    } catch (IOException e) {
      throw notAnArchive(file, "no zip file: " + e.getMessage());
    }
  }

  private static InvalidCheckpointException notAnArchive(Path file, String found) {
    return new InvalidCheckpointException(
        file + ": expected an archive that torch.jit.save wrote, got " + found);
  }

  /**
   * Reads the whole file and holds its bytes against their checksums, which PyTorch's reader does
   * not: a damaged program might end the process.
   *
   * @throws InvalidCheckpointException in one sentence
   */
  public static void verify(TorchScriptManifest manifest) {
    Path file = manifest.archive();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        CRC32 checksum = new CRC32();
        try (InputStream bytes = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
          bytes.transferTo(OutputStream.nullOutputStream());
        }
        if (checksum.getValue() != entry.getCrc()) {
          throw new InvalidCheckpointException(
              "%s: %s: expected checksum %08x, got %08x: the file is damaged"
                  .formatted(file, entry.getName(), entry.getCrc(), checksum.getValue()));
        }
      }
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Tells this module from others: a digest of the manifest, and of the name, length and checksum
   * of every entry that the module consists of, in 12 hexadecimal digits.
   */
  public static String revision(TorchScriptManifest manifest) {
    try (ZipFile zip = new ZipFile(manifest.archive().toFile())) {
      ContentDigest digest = new ContentDigest();
      digest.add(Files.readAllBytes(manifest.file()));
      List<? extends ZipEntry> entries =
          zip.stream()
              .filter(TorchScriptArchive::isOfModule)
              .sorted(Comparator.comparing(entry -> part(entry).orElseThrow()))
              .toList();
      for (ZipEntry entry : entries) {
        digest.add(part(entry).orElseThrow().getBytes(StandardCharsets.UTF_8));
        digest.add(
            ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(entry.getSize())
                .putLong(entry.getCrc())
                .array());
      }
      return digest.digits();
    } catch (IOException e) {
      throw new InvalidCheckpointException(
          manifest.archive() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isOfModule(ZipEntry entry) {
    String part = part(entry).orElse("");
    return !part.endsWith(SOURCE_RANGES)
        && (RECORDS.contains(part) || FOLDERS.stream().anyMatch(part::startsWith));
  }

  /** The entry's name within the one folder, which is named after the file that was saved. */
  private static Optional<String> part(ZipEntry entry) {
    int folder = entry.getName().indexOf('/');
    return folder < 0 ? Optional.empty() : Optional.of(entry.getName().substring(folder + 1));
  }
}
