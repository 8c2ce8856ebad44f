package dev.agentws.agent.transcript;

import dev.agentws.agent.model.Block;
import dev.agentws.agent.options.ContentReader;
import dev.agentws.agent.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;

/** Tells the model what has happened in the background, with whatever it is told next and never by itself. */
public final class Notices {
    private Notices() {}

    /** The same content with the notices of the tools behind it, marked as not being the user's words. */
    public static List<Block> after(List<Block> content, Toolbox tools) {
        List<String> notices = tools.takeNotices();
        if (notices.isEmpty()) {
            return content;
        }
        List<Block> all = new ArrayList<>(content);
        for (String notice : notices) {
            all.add(reminder(notice));
        }
        return all;
    }

    /** Words to the model that are not the user's. */
    static Block reminder(String words) {
        // What is in it may quote the output of programs, which must not be able to leave the wrapping.
        String inside = words.replace("</system-reminder", "</ system-reminder");
        return ContentReader.text("<system-reminder>\nThis comes from the system, not from the user.\n" + inside
                + "\n</system-reminder>");
    }
}
