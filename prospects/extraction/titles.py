"""What people at companies are called by their work, in a dozen languages. Pure."""

import re

# Words that make a title, with what may stand before and after them.
_CORE = (
    r"ceo|cto|cfo|coo|cmo|cio|ciso|cpo|chro|vp|svp|evp|md|vd|"
    r"chief [a-z]+(?: [a-z]+)? officer|president|vice[- ]president|chair(?:man|woman|person)?"
    r"|non-executive (?:chair|director)|director|managing director|"
    r"(?:co-?)?founder|(?:co-?)?owner|proprietor|partner(?:in)?|principal|head of|head (?=\w)|manager|officer"
    r"|general counsel|secretary|treasurer|engineer|architect|designer|"
    r"developer|consultant|coordinator|lead(?:er)?|specialist|analyst|supervisor|assistant|attorney|lawyer"
    r"|rechtsanw[äa]lt(?:in)?|fachanw[äa]lt(?:in)?|steuerberater(?:in)?|wirtschaftspr[üu]fer(?:in)?|notar(?:in)?"
    r"|avocate?|notaire|expert-comptable|ingenieur(?:in)?|solicitor|associate|accountant|controller|"
    r"gesch[äa]ftsf[üu]hr(?:er(?:in)?|ung)|gesch[äa]ftsleit(?:er(?:in)?|ung)|inhaber(?:in)?|vorst[äa]nd(?:in"
    r"|svorsitzende[r]?)?|prokurist(?:in)?|leiter(?:in)?|leitung|gr[üu]nder(?:in)?|"
    r"\w*leiter(?:in)?|gesellschafter(?:in)?|aufsichtsrat\w*|vertriebs\w+|betriebs\w+|g[ée]rante?|pr[ée]sidente?"
    r"|directeur|directrice|responsable|fondateur|fondatrice|associ[ée]e?|chef(?:fe)? d\w+|"
    r"direttore|direttrice|amministratore|amministratrice|titolare|fondatore|fondatrice|responsabile|presidente"
    r"|socio|socia|"
    r"director[a]? \w+|directora|gerente|fundador[a]?|propietari[oa]|administrador[a]?|jef[ea]|diretor[a]?"
    r"|s[óo]ci[oa](?:-\w+)?|propriet[áa]ri[oa]|"
    r"directeur|algemeen directeur|eigenaar|eigenaresse|oprichter|bestuurder|hoofd|bedrijfsleider|zaakvoerder|"
    r"verkst[äa]llande direkt[öo]r|[\w]*chef|grundare|[äa]gare|direkt[öo]r|direkt[øo]r|indehaver|daglig leder"
    r"|leder|toimitusjohtaja|johtaja|p[äa][äa]llikk[öo]|perustaja|"
    r"prezes(?: zarz[ąa]du)?|cz[łl]onek zarz[ąa]du|wiceprezes|dyrektor(?:ka)?|kierownik|w[łl]a[śs]ciciel(?:ka)?"
    r"|jednatel(?:ka)?|[řr]editel(?:ka)?|majitel(?:ka)?|[üu]gyvezet[őo]|"
    # What people do rather than lead: words that are made of others, and names of departments.
    r"\w+manager(?:in)?|\w+leider|\w+leder|\w+ansvarig|\w*mitarbeiter(?:in)?|\w*berater(?:in)?|\w*adviseur"
    r"|\w*medewerk(?:er|ster)|\w+techniker(?:in)?|sachbearbeit\w+|buchhalt\w+|einkauf|vertrieb"
    r"|coordinat(?:eur|rice|ore)|coordinador[a]?|coordenador[a]?|comptable|assistente"
    r"|technicien(?:ne)?"
    r"|impiegat[oa]|contabile|contable|t[ée]cnico|vendedor[a]?|analista|engenheir[oa]|ingenier[oa]"
    r"|specjalist(?:a|ka)|ksi[ęe]gow[ay]|handlowiec|projektant(?:ka)?|koordinator|rådgiver|rådgivare|s[äa]ljare"
    r"|s[æe]lger"
    r"|asiantuntija|insin[öo][öo]ri|sihteeri|obchodn[íi]k|[úu][čc]etn[íi]|"
    r"genel m[üu]d[üu]r|kurucu|代表取締役(?:社長|会長)?|代表社員|(?:取締役)?(?:社長|会長)|(?:専務|常務)?取締役"
    r"|監査役|執行役員|代表者|代表"
    r"|대표이사|董事长|总经理"
)
TITLE = re.compile(rf"(?<![\w])(?:{_CORE})(?![\w])", re.IGNORECASE)
# For text in lower case, of which it is asked most.
LOWER_TITLE = re.compile(rf"(?<![\w])(?:{_CORE})(?![\w])")
# Titles that a register or an imprint gives a name after, "Geschäftsführer: Jane Doe", of text in lower case.
LABEL = re.compile(
    r"(?:gesch[äa]ftsf[üu]hr(?:er(?:in(?:nen)?)?|ung)|gesch[äa]ftsf[üu]hrende[r]? \w+|vertretungsberechtigte?r? \w+"
    r"|(?:gesetzlich )?vertreten durch|inhaber(?:in)?|vorst[äa]nd(?:e)?|gesellschafter"
    r"|prokurist(?:en|in)?|proprietors?|owners?|founders?|directors?|ceo"
    r"|managing (?:directors?|partners?|members?)|secretary|principal"
    r"|repr[ée]sentants? l[ée]ga(?:l|ux)|dirigeants?|representantes? lega(?:l|is|les)"
    r"|s[óo]cios? administrador(?:es)?|g[ée]rante?|directeur(?: de la publication)?|pr[ée]sidente?"
    r"|amministratore(?: unico"
    r"| delegato)?|titolare|legale rappresentante|administrador[a]?(?: [úu]nic[oa])?"
    r"|gerente|diretor[a]?|prezes(?: zarz[ąa]du)?|w[łl]a[śs]ciciel(?:ka)?|jednatel(?:ka|[ée])?|toimitusjohtaja|vd"
    r"|verkst[äa]llande direkt[öo]r|adm\.? ?dir(?:ekt[øo]r)?\.?|direkt[øo]r|indehaver|daglig leder|eigenaar"
    r"|directie"
    r"|bestuurder|zaakvoerder|[üu]gyvezet[őo]|zarz[ąa]d|statutární orgán|hallitus|direktion"
    r"|genel m[üu]d[üu]r|代表者(?:名)?|代表取締役(?:社長|会長)?|役員"
    r"|(?:専務|常務)?取締役|監査役|執行役員|대표이사|대표자?"
    r"|法定代表人)",
)
# No title of a person: a register's, a page's, or a thing's.
NOT_TITLE = re.compile(
    r"(?:of the year|^our |^team$|^the team$|^meet |award|\?|!$|^join |apply|vacanc|^we |job|^owner(?:'s)? manual)",
    re.IGNORECASE,
)

# A word that each of TITLE's alternatives has, as it ends or as a whole: most lines have none.
TITLE_WORDS = frozenset(
    """
    ceo cto cfo coo cmo cio ciso cpo chro vp svp evp md vd officer president vice chair chairman chairwoman
    chairperson director founder cofounder owner proprietor partner partnerin principal head manager counsel
    secretary treasurer engineer architect designer developer consultant coordinator lead leader specialist analyst
    supervisor assistant attorney lawyer rechtsanwalt rechtsanwältin fachanwalt fachanwältin steuerberater
    steuerberaterin wirtschaftsprüfer wirtschaftsprüferin notar notarin avocat avocate notaire comptable ingenieur
    ingenieurin solicitor associate accountant controller inhaber inhaberin vorstand vorständin vorstandsvorsitzende
    vorstandsvorsitzender prokurist prokuristin leitung gründer gründerin gesellschafter gesellschafterin gérant
    gérante gerant gerante président présidente presidente directeur directrice responsable fondateur fondatrice
    associé associée chef cheffe direttore direttrice amministratore amministratrice titolare fondatore fondatrice
    responsabile socio socia directora gerente fundador fundadora propietario propietaria administrador
    administradora jefe jefa diretor diretora sócio sócia proprietário proprietária algemeen eigenaar eigenaresse
    oprichter bestuurder hoofd bedrijfsleider zaakvoerder direktör direktor grundare ägare direktør indehaver leder
    toimitusjohtaja johtaja perustaja prezes członek wiceprezes dyrektor dyrektorka kierownik właściciel
    właścicielka jednatel jednatelka ředitel ředitelka majitel majitelka ügyvezető müdür kurucu 社長 取締役 代表者
    aufsichtsrat betriebsrat 代表 代表取締役 代表取締役社長 代表社員 대표이사 董事长 总经理 cofondateur cofondatrice
    cofounder einkauf vertrieb coordinateur coordinatrice coordinatore coordinador coordinadora coordenador
    coordenadora assistente technicien technicienne impiegato impiegata contabile contable técnico vendedor
    vendedora analista engenheiro engenheira ingeniero ingeniera specjalista specjalistka księgowa księgowy
    handlowiec projektant koordinator rådgiver rådgivare säljare selger sælger asiantuntija insinööri sihteeri
    obchodník účetní medewerkster 監査役 専務取締役 常務取締役 執行役員 会長 取締役社長 取締役会長 代表取締役会長
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
TITLE_ENDINGS = (
    "leiter",
    "leiterin",
    "leitung",
    "führer",
    "führerin",
    "führung",
    "chef",
    "päällikkö",
    "johtaja",
    "sjef",
    "manager",
    "managerin",
    "leider",
    "leder",
    "ansvarig",
    "mitarbeiter",
    "mitarbeiterin",
    "berater",
    "beraterin",
    "adviseur",
    "medewerker",
    "techniker",
    "technikerin",
    "sachbearbeiter",
    "sachbearbeiterin",
    "buchhalter",
    "buchhalterin",
    "buchhaltung",
)
# The words with which LABEL begins.
LABEL_WORDS = frozenset(
    """
    inhaber inhaberin vorstand prokurist prokuristin prokuristen proprietor owner founder director ceo managing
    gérant gérante gerant gerante directeur président présidente amministratore titolare legale administrador
    administradora gerente diretor diretora prezes właściciel właścicielka jednatel jednatelka jednatelé
    toimitusjohtaja vd verkställande adm direktør indehaver daglig eigenaar directie bestuurder zaakvoerder
    ügyvezető genel geschäftsführende gesellschafter vertreten gesetzlich directors owners founders secretary
    proprietors principal représentant représentants dirigeant
    representante representantes sócio sócios socio socios zarząd statutární hallitus direktion vorstände
    """.split()  # noqa: SIM905 - a list of quotes would be longer
)
