"""The REST door of borrowing: thin, like every door. Same services, same forms, same refusals as the pages."""
