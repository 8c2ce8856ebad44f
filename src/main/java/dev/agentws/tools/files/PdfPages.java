package dev.agentws.tools.files;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSObject;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;

/**
 * Takes pages out of a PDF document. Their content goes over as it is stored: unpacking it, as PDFBox's own splitter does, would give
 * a page that packs gigabytes into a few bytes its way.
 */
final class PdfPages {
    private PdfPages() {}

    static void write(PDDocument document, PageRange pages, OutputStream out) throws IOException {
        try (PDDocument target = new PDDocument()) {
            for (int number = pages.first(); number <= pages.last(); number++) {
                target.addPage(copy(document.getPage(number - 1)));
            }
            target.save(out);
        }
    }

    private static PDPage copy(PDPage page) {
        COSDictionary copy = new COSDictionary(page.getCOSObject());
        copy.removeItem(COSName.PARENT);
        // What leads from here to other pages would take those along.
        copy.removeItem(COSName.B);
        copy.removeItem(COSName.STRUCT_PARENTS);
        copy.setItem(COSName.ANNOTS, shownOnly(page.getCOSObject().getDictionaryObject(COSName.ANNOTS)));
        PDPage result = new PDPage(copy);
        // These are inherited from above in the old document.
        result.setResources(page.getResources());
        result.setMediaBox(page.getMediaBox());
        result.setCropBox(page.getCropBox());
        result.setRotation(page.getRotation());
        return result;
    }

    /** The annotations with something to see, without their links. */
    private static COSArray shownOnly(COSBase annotations) {
        COSArray shown = new COSArray();
        if (annotations instanceof COSArray all) {
            for (COSBase each : all) {
                COSBase entry = each instanceof COSObject reference ? reference.getObject() : each;
                if (entry instanceof COSDictionary dictionary && dictionary.containsKey(COSName.AP)) {
                    shown.add(withoutLinks(dictionary));
                }
            }
        }
        return shown;
    }

    private static COSDictionary withoutLinks(COSDictionary annotation) {
        COSDictionary copy = new COSDictionary();
        for (COSName kept : new COSName[] {
            COSName.TYPE, COSName.SUBTYPE, COSName.RECT, COSName.AP, COSName.AS, COSName.F, COSName.CONTENTS
        }) {
            copy.setItem(kept, annotation.getItem(kept));
        }
        return copy;
    }
}
