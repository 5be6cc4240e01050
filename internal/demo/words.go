package demo

// Words that names of people, products and searches are made of. They are things, not anybody's names or brands.
var (
	firstNames = []string{
		"Amber", "Ash", "Aspen", "Birch", "Bay", "Cedar", "Clay", "Coral", "Dale", "Dawn", "Ember", "Fern", "Flint", "Hazel", "Heath",
		"Iris", "Ivy", "Jade", "Juniper", "Lark", "Laurel", "Linden", "Maple", "Marigold", "Meadow", "Olive", "Opal", "Pearl", "Poppy",
		"Reed", "River", "Robin", "Rowan", "Sage", "Sky", "Sorrel", "Storm", "Summer", "Willow", "Wren",
	}
	lastNames = []string{
		"Acre", "Arch", "Bank", "Barrow", "Beach", "Bridge", "Brook", "Cliff", "Coast", "Cove", "Creek", "Dell", "Dune", "Field",
		"Ford", "Forest", "Garden", "Gate", "Glen", "Grove", "Harbor", "Hedge", "Hill", "Island", "Lake", "Lane", "Marsh", "Mill",
		"Moor", "Orchard", "Path", "Pond", "Quarry", "Ridge", "Shore", "Spring", "Stone", "Tower", "Vale", "Wood",
	}
	mailDomains = []string{"mail.example", "post.example", "inbox.example", "letters.example"}

	qualities = []string{"Quiet", "Round", "Tall", "Light", "Soft", "Sturdy", "Folding", "Striped", "Plain", "Narrow", "Warm", "Little"}
	colors    = []string{"white", "black", "red", "green", "blue", "grey"}

	categories = []category{
		{"kitchen", []string{"Kettle", "Bowl", "Pan", "Ladle", "Grater", "Teapot"}, 900},
		{"garden", []string{"Spade", "Rake", "Bench", "Lantern", "Basket", "Hose"}, 1500},
		{"office", []string{"Lamp", "Chair", "Notebook", "Shelf", "Clock", "Folder"}, 700},
		{"travel", []string{"Suitcase", "Backpack", "Pillow", "Tent", "Flask", "Map"}, 2500},
		{"sport", []string{"Ball", "Racket", "Mat", "Helmet", "Bottle", "Skates"}, 1200},
		{"toys", []string{"Kite", "Puzzle", "Train", "Blocks", "Puppet", "Drum"}, 600},
	}
)

// category is a shelf of the shop.
type category struct {
	name  string
	nouns []string
	cents int // price of its cheapest product
}

// place is where a visitor lives.
type place struct {
	country, code, city string
	latitude, longitude float64
	zone, language      string
}

var places = []place{
	{"Poland", "PL", "Warsaw", 52.23, 21.01, "Europe/Warsaw", "pl-PL"},
	{"Poland", "PL", "Kraków", 50.06, 19.94, "Europe/Warsaw", "pl-PL"},
	{"Germany", "DE", "Berlin", 52.52, 13.41, "Europe/Berlin", "de-DE"},
	{"Germany", "DE", "Hamburg", 53.55, 9.99, "Europe/Berlin", "de-DE"},
	{"France", "FR", "Lyon", 45.76, 4.84, "Europe/Paris", "fr-FR"},
	{"Spain", "ES", "Valencia", 39.47, -0.38, "Europe/Madrid", "es-ES"},
	{"Italy", "IT", "Turin", 45.07, 7.69, "Europe/Rome", "it-IT"},
	{"Netherlands", "NL", "Utrecht", 52.09, 5.12, "Europe/Amsterdam", "nl-NL"},
	{"United Kingdom", "GB", "Leeds", 53.8, -1.55, "Europe/London", "en-GB"},
	{"United States", "US", "Denver", 39.74, -104.99, "America/Denver", "en-US"},
	{"United States", "US", "Boston", 42.36, -71.06, "America/New_York", "en-US"},
	{"Brazil", "BR", "Curitiba", -25.43, -49.27, "America/Sao_Paulo", "pt-BR"},
	{"Japan", "JP", "Osaka", 34.69, 135.5, "Asia/Tokyo", "ja-JP"},
}

// device is what a visitor holds in the hand.
type device struct {
	agent         string
	platform      string
	width, height int
	app           bool // can run the shop's app
}

var devices = []device{
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36", "Linux x86_64", 1920, 1080, false},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36", "Win32", 1536, 864, false},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Win32", 2560, 1440, false},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "MacIntel", 1728, 1117, false},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "iPhone", 393, 852, true},
	{"Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36", "Linux armv81", 412, 915, true},
	{"Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36", "Linux armv81", 360, 800, true},
	{"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "iPad", 1024, 1366, true},
}

// campaign is what brings visitors.
type campaign struct{ source, medium, name, referer string }

var campaigns = []campaign{
	{"newsletter", "email", "weekly", ""},
	{"newsletter", "email", "spring", ""},
	{"search", "cpc", "brand", "https://search.example"},
	{"social", "post", "stories", "https://social.example"},
	{"partner", "banner", "garden-days", "https://magazine.example"},
}
