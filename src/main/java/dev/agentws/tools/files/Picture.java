package dev.agentws.tools.files;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A PNG, JPEG or GIF picture being looked at. Decodes into bounded memory whatever its header promises. Confined to one call. */
final class Picture implements Closeable {
    /** Beyond this decoding takes many seconds; a few bytes of file can claim it. */
    static final long MAX_PIXELS = 50_000_000;

    private final ImageReader reader;
    private final boolean jpeg;

    private Picture(ImageReader reader, boolean jpeg) {
        this.reader = reader;
        this.jpeg = jpeg;
    }

    /** A picture that was encoded anew. */
    record Encoded(ImageType type, int width, int height, byte[] bytes) {}

    static Picture open(byte[] bytes, ImageType type) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(type.name());
        if (!readers.hasNext()) {
            throw new IIOException("this system cannot decode it");
        }
        ImageReader reader = readers.next();
        // In memory: ImageIO's own streams would make temporary files.
        reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), false, true);
        return new Picture(reader, type == ImageType.JPEG);
    }

    Dimension size() throws IOException {
        return new Dimension(reader.getWidth(0), reader.getHeight(0));
    }

    boolean decodable() throws IOException {
        Dimension size = size();
        return (long) size.width * size.height <= MAX_PIXELS;
    }

    /** Fails if the picture cannot be decoded: the API would refuse the whole request for it. */
    void check() throws IOException {
        if (jpeg) {
            // Also what has colours of print, which the JDK decodes but does not turn into an image.
            reader.readRaster(0, coarse());
        } else {
            reader.read(0, coarse());
        }
    }

    /** The picture small enough for every request. */
    Encoded scaled() throws IOException {
        BufferedImage image = reader.read(0, coarse());
        double factor = Math.min(1, ImageView.GOOD_SIDE / (double) Math.max(image.getWidth(), image.getHeight()));
        int width = Math.max(1, (int) (image.getWidth() * factor));
        int height = Math.max(1, (int) (image.getHeight() * factor));
        boolean clear = !jpeg && image.getColorModel().hasAlpha();
        if (clear) {
            byte[] png = encode(drawn(image, width, height, true), "png");
            if (png.length <= ImageView.MAX_BYTES) {
                return new Encoded(ImageType.PNG, width, height, png);
            }
        }
        return new Encoded(ImageType.JPEG, width, height, encode(drawn(image, width, height, false), "jpeg"));
    }

    /** Takes every n-th pixel only, so that a huge picture needs no more memory than one twice as large as the aim. */
    private ImageReadParam coarse() throws IOException {
        Dimension size = size();
        int step = Math.max(size.width, size.height) / (2 * ImageView.GOOD_SIDE) + 1;
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(step, step, 0, 0);
        return param;
    }

    private static BufferedImage drawn(BufferedImage image, int width, int height, boolean clear) {
        BufferedImage target =
                new BufferedImage(width, height, clear ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        if (!clear) {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
        }
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return target;
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(image);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        reader.dispose();
    }
}
