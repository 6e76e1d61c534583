"""What the sites say, in eight languages. Pure."""

# ruff: noqa: RUF001 - apostrophes as they are typeset

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A language's sites: `paths` and `labels` by kind of page; `phone` has # for digits, `street` {n} and {name}."""

    language: str
    country: str
    tld: str
    charset: str
    paths: Mapping[str, str]
    labels: Mapping[str, str]
    legal: str
    nouns: Sequence[str]
    surnames: Sequence[str]
    given: Sequence[str]
    titles: Sequence[str]
    places: Sequence[tuple[str, str, str]]  # city, postal code, phone
    streets: Sequence[str]
    phone_label: str
    founded: str
    employees: str
    sentences: Sequence[str]


KINDS = ("about", "contact", "team", "imprint", "pricing", "careers", "products", "news")


def _by_kind(text: str) -> dict[str, str]:
    return dict(zip(KINDS, text.split("|"), strict=True))


ENGLISH = Words(
    language="en",
    country="US",
    tld="com",
    charset="utf-8",
    paths=_by_kind("about|contact|team|legal|pricing|careers|products|news"),
    labels=_by_kind("About us|Contact|Our team|Legal notice|Pricing|Careers|Products|News"),
    legal="Inc.",
    nouns=("Bakery", "Cold Storage", "Foods", "Logistics", "Machining", "Packaging", "Robotics", "Textiles"),
    surnames=("Anderson", "Brooks", "Carter", "Dawson", "Ellison", "Foster", "Grayson", "Holloway"),
    given=("Alice", "Brian", "Carol", "Daniel", "Emily", "Frank"),
    titles=("Chief Executive Officer", "Head of Sales", "Plant Manager", "Chief Financial Officer"),
    places=(("Chicago", "60607", "+1 312 555 ####"), ("Columbus", "43215", "+1 614 555 ####")),
    streets=("{n} West Lake Street", "{n} Monroe Avenue"),
    phone_label="Phone",
    founded="Founded in {year}, we are still run by the family that began it.",
    employees="Today {count} employees work at our sites.",
    sentences=(
        "We supply retailers and restaurants throughout the Midwest from our own warehouses.",
        "Every order is packed by hand, checked twice and shipped the same day.",
        "Our trucks are refrigerated and tracked from the dock to your door.",
        "Quality is not a department here; it is what everyone answers for.",
        "Ask for a sample, visit the plant, or call the people who make it.",
        "We invest in machines that use less energy and in people who know how to run them.",
    ),
)
GERMAN = Words(
    language="de",
    country="DE",
    tld="de",
    charset="iso-8859-1",
    paths=_by_kind("ueber-uns|kontakt|team|impressum|preise|karriere|produkte|aktuelles"),
    labels=_by_kind("Über uns|Kontakt|Unser Team|Impressum|Preise|Karriere|Produkte|Aktuelles"),
    legal="GmbH",
    nouns=("Bäckerei", "Kältetechnik", "Lebensmittel", "Logistik", "Maschinenbau", "Verpackungen", "Textil", "Holzbau"),
    surnames=("Albrecht", "Brandt", "Dietrich", "Engelmann", "Fischer", "Günther", "Hoffmann", "Jäger"),
    given=("Anna", "Bernd", "Claudia", "Dieter", "Eva", "Jürgen"),
    titles=("Geschäftsführer", "Vertriebsleiterin", "Betriebsleiter", "Kaufmännische Leitung"),
    places=(("Berlin", "10115", "+49 30 2345####"), ("München", "80331", "+49 89 2345####")),
    streets=("Hauptstraße {n}", "Industrieweg {n}"),
    phone_label="Telefon",
    founded="Gegründet {year}, sind wir bis heute ein Familienunternehmen.",
    employees="Heute arbeiten {count} Mitarbeiter an unseren Standorten.",
    sentences=(
        "Wir beliefern Händler und Gastronomie in ganz Süddeutschland aus eigenen Lagern.",
        "Jede Bestellung wird von Hand gepackt, zweimal geprüft und am selben Tag verschickt.",
        "Unsere Fahrzeuge sind gekühlt und vom Lager bis zu Ihrer Tür verfolgt.",
        "Qualität ist bei uns keine Abteilung, sondern Sache aller.",
        "Fordern Sie ein Muster an, besuchen Sie das Werk oder rufen Sie uns an.",
        "Wir investieren in sparsame Maschinen und in Menschen, die sie bedienen können.",
    ),
)
FRENCH = Words(
    language="fr",
    country="FR",
    tld="fr",
    charset="utf-8",
    paths=_by_kind("a-propos|contact|equipe|mentions-legales|tarifs|recrutement|produits|actualites"),
    labels=_by_kind("À propos|Contact|Notre équipe|Mentions légales|Tarifs|Recrutement|Produits|Actualités"),
    legal="SARL",
    nouns=("Boulangerie", "Froid Industriel", "Alimentation", "Logistique", "Mécanique", "Emballages", "Textiles"),
    surnames=("Arnaud", "Bernard", "Chevalier", "Dubois", "Faure", "Girard", "Hébert", "Lambert"),
    given=("Aurélie", "Benoît", "Camille", "Denis", "Élodie", "François"),
    titles=("Directeur général", "Responsable commerciale", "Chef d’atelier", "Directrice financière"),
    places=(("Paris", "75011", "+33 1 42 68 ## ##"), ("Lyon", "69002", "+33 4 72 41 ## ##")),
    streets=("{n} rue de la République", "{n} avenue Victor Hugo"),
    phone_label="Téléphone",
    founded="Fondée en {year}, l’entreprise est toujours dirigée par la même famille.",
    employees="Aujourd’hui {count} salariés travaillent sur nos sites.",
    sentences=(
        "Nous livrons commerces et restaurants dans toute la région depuis nos entrepôts.",
        "Chaque commande est préparée à la main, contrôlée deux fois et expédiée le jour même.",
        "Nos camions sont réfrigérés et suivis du quai jusqu’à votre porte.",
        "La qualité n’est pas un service : chacun en répond.",
        "Demandez un échantillon, visitez l’atelier ou appelez-nous.",
        "Nous investissons dans des machines sobres et dans celles et ceux qui les conduisent.",
    ),
)
SPANISH = Words(
    language="es",
    country="ES",
    tld="es",
    charset="utf-8",
    paths=_by_kind("quienes-somos|contacto|equipo|aviso-legal|precios|empleo|productos|noticias"),
    labels=_by_kind("Quiénes somos|Contacto|Nuestro equipo|Aviso legal|Precios|Empleo|Productos|Noticias"),
    legal="S.L.",
    nouns=("Panadería", "Frío Industrial", "Alimentos", "Logística", "Mecanizados", "Envases", "Textiles"),
    surnames=("Álvarez", "Blanco", "Castro", "Domínguez", "Esteban", "Fuentes", "Gutiérrez", "Herrero"),
    given=("Ana", "Beatriz", "Carlos", "Diego", "Elena", "Íñigo"),
    titles=("Director general", "Directora comercial", "Jefe de planta", "Directora financiera"),
    places=(("Madrid", "28013", "+34 914 56 ## ##"), ("Barcelona", "08002", "+34 934 56 ## ##")),
    streets=("Calle Mayor {n}", "Avenida de la Constitución {n}"),
    phone_label="Teléfono",
    founded="Fundada en {year}, la empresa sigue en manos de la misma familia.",
    employees="Hoy {count} empleados trabajan en nuestras instalaciones.",
    sentences=(
        "Servimos a comercios y restaurantes de toda la región desde nuestros almacenes.",
        "Cada pedido se prepara a mano, se revisa dos veces y sale el mismo día.",
        "Nuestros camiones son refrigerados y se siguen desde el muelle hasta su puerta.",
        "La calidad no es un departamento: todos respondemos de ella.",
        "Pida una muestra, visite la planta o llámenos.",
        "Invertimos en máquinas que gastan menos y en personas que saben manejarlas.",
    ),
)
ITALIAN = Words(
    language="it",
    country="IT",
    tld="it",
    charset="windows-1252",
    paths=_by_kind("chi-siamo|contatti|team|note-legali|prezzi|lavora-con-noi|prodotti|notizie"),
    labels=_by_kind("Chi siamo|Contatti|Il nostro team|Note legali|Prezzi|Lavora con noi|Prodotti|Notizie"),
    legal="S.r.l.",
    nouns=("Panificio", "Refrigerazione", "Alimentari", "Logistica", "Meccanica", "Imballaggi", "Tessuti"),
    surnames=("Amato", "Barbieri", "Colombo", "De Luca", "Esposito", "Ferrari", "Galli", "Lombardi"),
    given=("Alessia", "Bruno", "Chiara", "Davide", "Elisa", "Niccolò"),
    titles=("Amministratore delegato", "Responsabile vendite", "Direttore di stabilimento", "Direttrice finanziaria"),
    places=(("Milano", "20121", "+39 02 7654####"), ("Torino", "10121", "+39 011 765####")),
    streets=("Via Garibaldi {n}", "Corso Italia {n}"),
    phone_label="Telefono",
    founded="Fondata nel {year}, l’azienda è ancora della stessa famiglia.",
    employees="Oggi {count} dipendenti lavorano nelle nostre sedi.",
    sentences=(
        "Riforniamo negozi e ristoranti di tutta la regione dai nostri magazzini.",
        "Ogni ordine è preparato a mano, controllato due volte e spedito in giornata.",
        "I nostri camion sono refrigerati e seguiti dalla banchina alla vostra porta.",
        "La qualità non è un reparto: ne risponde ciascuno di noi.",
        "Chiedete un campione, visitate lo stabilimento o telefonateci.",
        "Investiamo in macchine che consumano meno e in persone che le sanno usare.",
    ),
)
DUTCH = Words(
    language="nl",
    country="NL",
    tld="nl",
    charset="utf-8",
    paths=_by_kind("over-ons|contact|team|colofon|prijzen|vacatures|producten|nieuws"),
    labels=_by_kind("Over ons|Contact|Ons team|Colofon|Prijzen|Vacatures|Producten|Nieuws"),
    legal="B.V.",
    nouns=("Bakkerij", "Koeltechniek", "Voeding", "Logistiek", "Machinebouw", "Verpakkingen", "Textiel"),
    surnames=("Aalbers", "Bakker", "De Vries", "Dekker", "Hendriks", "Jansen", "Kuipers", "Mulder"),
    given=("Anouk", "Bram", "Cees", "Daan", "Eva", "Fleur"),
    titles=("Algemeen directeur", "Hoofd verkoop", "Bedrijfsleider", "Financieel directeur"),
    places=(("Amsterdam", "1012 AB", "+31 20 345 ####"), ("Rotterdam", "3011 BD", "+31 10 345 ####")),
    streets=("Kerkstraat {n}", "Industrieweg {n}"),
    phone_label="Telefoon",
    founded="Opgericht in {year}, zijn we nog altijd een familiebedrijf.",
    employees="Vandaag werken er {count} medewerkers op onze locaties.",
    sentences=(
        "Wij leveren aan winkels en restaurants in het hele land vanuit eigen magazijnen.",
        "Elke bestelling wordt met de hand ingepakt, twee keer nagekeken en dezelfde dag verzonden.",
        "Onze vrachtwagens zijn gekoeld en te volgen van laadperron tot voordeur.",
        "Kwaliteit is geen afdeling: iedereen staat ervoor in.",
        "Vraag een monster aan, bezoek de fabriek of bel ons.",
        "We investeren in zuinige machines en in mensen die ermee kunnen werken.",
    ),
)
POLISH = Words(
    language="pl",
    country="PL",
    tld="pl",
    charset="iso-8859-2",
    paths=_by_kind("o-nas|kontakt|zespol|nota-prawna|cennik|kariera|produkty|aktualnosci"),
    labels=_by_kind("O nas|Kontakt|Nasz zespół|Nota prawna|Cennik|Kariera|Produkty|Aktualności"),
    legal="Sp. z o.o.",
    nouns=("Piekarnia", "Chłodnictwo", "Żywność", "Logistyka", "Maszyny", "Opakowania", "Tekstylia"),
    surnames=("Adamczyk", "Borkowski", "Czarnecki", "Dudek", "Górski", "Jabłoński", "Kamińska", "Lis"),
    given=("Agnieszka", "Bartosz", "Celina", "Dariusz", "Ewa", "Łukasz"),
    titles=("Prezes zarządu", "Dyrektor sprzedaży", "Kierownik zakładu", "Dyrektor finansowy"),
    places=(("Warszawa", "00-950", "+48 22 345 ## ##"), ("Kraków", "30-001", "+48 12 345 ## ##")),
    streets=("ul. Długa {n}", "ul. Przemysłowa {n}"),
    phone_label="Telefon",
    founded="Założona w {year} roku, firma wciąż należy do tej samej rodziny.",
    employees="Dziś w naszych zakładach pracuje {count} pracowników.",
    sentences=(
        "Zaopatrujemy sklepy i restauracje w całym kraju z własnych magazynów.",
        "Każde zamówienie pakujemy ręcznie, sprawdzamy dwa razy i wysyłamy tego samego dnia.",
        "Nasze samochody są chłodzone i śledzone od rampy do drzwi.",
        "Jakość to nie dział: odpowiada za nią każdy z nas.",
        "Poproś o próbkę, odwiedź zakład albo zadzwoń.",
        "Inwestujemy w oszczędne maszyny i w ludzi, którzy potrafią je obsługiwać.",
    ),
)
PORTUGUESE = Words(
    language="pt",
    country="PT",
    tld="pt",
    charset="utf-8",
    paths=_by_kind("sobre-nos|contactos|equipa|aviso-legal|precos|carreiras|produtos|noticias"),
    labels=_by_kind("Sobre nós|Contactos|A nossa equipa|Aviso legal|Preços|Carreiras|Produtos|Notícias"),
    legal="Lda.",
    nouns=("Padaria", "Frio Industrial", "Alimentos", "Logística", "Maquinaria", "Embalagens", "Têxteis"),
    surnames=("Almeida", "Barbosa", "Cardoso", "Duarte", "Esteves", "Ferreira", "Gonçalves", "Marques"),
    given=("Ana", "Bruno", "Catarina", "Diogo", "Inês", "João"),
    titles=("Diretor-geral", "Diretora comercial", "Chefe de produção", "Diretora financeira"),
    places=(("Lisboa", "1100-053", "+351 21 345 ## ##"), ("Porto", "4000-098", "+351 22 345 ## ##")),
    streets=("Rua Augusta {n}", "Avenida da República {n}"),
    phone_label="Telefone",
    founded="Fundada em {year}, a empresa continua nas mãos da mesma família.",
    employees="Hoje trabalham {count} colaboradores nas nossas instalações.",
    sentences=(
        "Abastecemos lojas e restaurantes de todo o país a partir dos nossos armazéns.",
        "Cada encomenda é embalada à mão, verificada duas vezes e enviada no próprio dia.",
        "Os nossos camiões são refrigerados e seguidos do cais até à sua porta.",
        "A qualidade não é um departamento: todos respondem por ela.",
        "Peça uma amostra, visite a fábrica ou telefone-nos.",
        "Investimos em máquinas que gastam menos e em pessoas que as sabem usar.",
    ),
)
ALL = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH, POLISH, PORTUGUESE)
