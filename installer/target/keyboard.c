#include "installer/target/settings.h"

#include "base/util.h"

/* Console keymaps that kickstart files name, as XKB layouts; from systemd's kbd-model-map. */
static const struct {
	const char *keymap, *layout, *variant;
} keymaps[] = {
	{ "be-latin1", "be", "" },
	{ "bg_bds-utf8", "bg", "" },
	{ "bg_pho-utf8", "bg", "phonetic" },
	{ "br-abnt", "br", "" },
	{ "br-abnt2", "br", "" },
	{ "br-latin1-abnt2", "br", "" },
	{ "br-latin1-us", "us", "intl" },
	{ "by", "by", "" },
	{ "cf", "ca", "fr" },
	{ "croat", "hr", "" },
	{ "cz-lat2", "cz", "qwerty" },
	{ "cz-us-qwertz", "cz", "" },
	{ "de-latin1", "de", "" },
	{ "de-latin1-nodeadkeys", "de", "nodeadkeys" },
	{ "de-nodeadkeys", "de", "nodeadkeys" },
	{ "dk-latin1", "dk", "" },
	{ "dvorak", "us", "dvorak" },
	{ "es-cp850", "es", "" },
	{ "et", "ee", "" },
	{ "fi-latin1", "fi", "" },
	{ "fr-bepo", "fr", "bepo" },
	{ "fr-latin1", "fr", "" },
	{ "fr-latin9", "fr", "latin9" },
	{ "fr-pc", "fr", "" },
	{ "fr_CH", "ch", "fr" },
	{ "fr_CH-latin1", "ch", "fr" },
	{ "hu101", "hu", "qwerty" },
	{ "is-latin1", "is", "" },
	{ "it-ibm", "it", "" },
	{ "it2", "it", "" },
	{ "jp106", "jp", "" },
	{ "la-latin1", "latam", "" },
	{ "mk-utf", "mk", "" },
	{ "nl2", "nl", "" },
	{ "no-latin1", "no", "" },
	{ "pl2", "pl", "" },
	{ "pt-latin1", "pt", "" },
	{ "ru-utf", "ru", "" },
	{ "sg", "ch", "de_nodeadkeys" },
	{ "sg-latin1", "ch", "de_nodeadkeys" },
	{ "sk-qwerty", "sk", "qwerty" },
	{ "slovene", "si", "" },
	{ "sr-cy", "rs", "" },
	{ "sv-latin1", "se", "" },
	{ "trq", "tr", "" },
	{ "ua-utf", "ua", "" },
	{ "uk", "gb", "" },
	{ "us-acentos", "us", "intl" },
};

/* "cz (qwerty)" -> "cz", "qwerty", joined to what is there by commas. */
static void add_xlayout(const char *word, struct buf *layout, struct buf *variant)
{
	const char *open = strchr(word, '(');
	size_t n = open ? (size_t)(open - word) : strlen(word);

	while (n && word[n - 1] == ' ')
		n--;
	if (layout->len) {
		buf_addc(layout, ',');
		buf_addc(variant, ',');
	}
	buf_add(layout, word, n);
	if (open)
		buf_add(variant, open + 1, strcspn(open + 1, ")"));
}

static void from_keymap(const char *keymap, struct buf *layout, struct buf *variant)
{
	for (size_t i = 0; i < ARRAY_SIZE(keymaps); i++)
		if (str_eq(keymaps[i].keymap, keymap)) {
			buf_adds(layout, keymaps[i].layout);
			buf_adds(variant, keymaps[i].variant);
			return;
		}
	buf_adds(layout, keymap); /* most are called as the layout is: es, fr, us */
}

void keyboard_make(const struct ks_keyboard *ks, struct keyboard *ret)
{
	const char *keymap = ks->vckeymap ? ks->vckeymap : ks->keymap;
	struct buf layout = { 0 }, variant = { 0 }, options = { 0 };

	for (size_t i = 0; i < ks->xlayouts.n; i++)
		add_xlayout(ks->xlayouts.v[i], &layout, &variant);
	if (!layout.len)
		from_keymap(keymap && *keymap ? keymap : "us", &layout, &variant);
	for (size_t i = 0; i < ks->switches.n; i++)
		buf_addf(&options, "%s%s", i ? "," : "", ks->switches.v[i]);
	/* A list of nothing but commas says no variant at all. */
	if (variant.len && strspn(variant.data, ",") == variant.len)
		variant.len = 0, variant.data[0] = '\0';
	ret->layout = buf_take(&layout);
	ret->variant = buf_take(&variant);
	ret->options = buf_take(&options);
}

void keyboard_clear(struct keyboard *kb)
{
	free(kb->layout);
	free(kb->variant);
	free(kb->options);
	*kb = (struct keyboard){ 0 };
}
