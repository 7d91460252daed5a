"""The embedded default: files in the producers' layouts, on France's real communes and population."""
