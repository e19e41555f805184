"""What a sentence says of a condition, a route or a treatment. Each case: a sentence, what must be tagged, what must not."""

from __future__ import annotations

import pytest

from litmap.model import Claim, Document, Unit
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary

TAGGER = Tagger(Vocabulary.from_folder(folder("db") / "vocabulary"))

CASES = [
    # indication
    ("Ketamine infusions relieve treatment-resistant depression within a day.", "treatment-resistant-depression=indication intravenous=studied ketamine=studied", "depression"),
    ("Acupuncture is widely used for low back pain and migraine.", "low-back-pain=indication migraine=indication acupuncture=studied", "chronic-pain headache"),
    ("The clinic treats PTSD, OCD and bipolar disorder.", "ptsd=indication ocd=indication bipolar-disorder=indication", ""),
    ("Transcranial magnetic stimulation helps people with obsessive-compulsive disorder.", "tms=studied ocd=indication", ""),
    ("Cannabidiol reduces seizures in Dravet syndrome.", "cannabidiol=studied epilepsy=indication", ""),
    ("Botulinum toxin injections ease chronic migraine and cervical dystonia.", "botulinum-toxin=studied migraine=indication spasticity=indication", ""),
    ("Mindfulness training lowers anxiety among students.", "mindfulness=studied anxiety=indication", ""),
    ("Women with postnatal depression improved on esketamine.", "postpartum-depression=indication esketamine=studied", "depression"),
    ("Patients with reflex sympathetic dystrophy received a low-dose drip.", "crps=indication intravenous=studied", ""),
    ("Psilocybin was tested against existential distress in advanced cancer.", "psilocybin=studied palliative-distress=indication", ""),
    ("People who drink heavily drank less after ketamine for alcohol use disorder.", "alcohol-use=indication ketamine=studied", ""),
    ("Depression that has not responded to tablets may yield to ketamine.", "treatment-resistant-depression=indication", ""),
    # look-alikes
    ("The tumour was stage IV at diagnosis.", "cancer=indication", "intravenous"),
    ("Diagnoses followed DSM-IV criteria for depression.", "depression=indication", "intravenous"),
    ("A Phase IV study is planned in fibromyalgia.", "fibromyalgia=indication", "intravenous"),
    ("Osteochondritis dissecans (OCD) of the knee was repaired.", "", "ocd"),
    ("The drug blocks cortical spreading depression in rats.", "", "depression"),
    ("No respiratory depression was seen.", "", "depression"),
    ("Depth of sedation correlated with CNS depression.", "anesthesia", "depression"),
    ("The Hamilton Depression Rating Scale was used weekly.", "", "depression"),
    ("Scores on the State-Trait Anxiety Inventory fell.", "", "anxiety"),
    ("Midazolam calmed preoperative anxiety in toddlers.", "preoperative-anxiety=indication midazolam=studied", "anxiety"),
    ("Posttraumatic pain in the forearm was treated with a block.", "chronic-pain", "ptsd"),
    ("Oral health improved in the treated group.", "", "oral"),
    ("Nasal congestion is common in spring.", "", "intranasal"),
    ("Bipolar electrodes recorded the response.", "", "bipolar-disorder"),
    ("Long-term depression of synapses was restored.", "", "depression"),
    ("The ST segment showed depression; ST depression resolved.", "", "treatment-resistant-depression"),
    ("Subcutaneous fat thickness was measured.", "", "subcutaneous"),
    ("The common bile duct (CBD) was dilated.", "", "cannabidiol"),
    ("The IV line was flushed with saline.", "intravenous", ""),
    ("Patients with bipolar depression improved.", "bipolar-disorder=indication depression=indication", ""),
    ("Major depressive disorder is not bipolar disorder.", "depression=indication", "treatment-resistant-depression"),
    # adverse effects
    ("Ketamine may cause anxiety, nausea and vomiting.", "anxiety=adverse-effect nausea=adverse-effect", "anxiety=indication"),
    ("Side effects include headache, nausea and high blood pressure.", "headache=adverse-effect nausea=adverse-effect hypertension=adverse-effect", "headache=indication"),
    ("Headache was the most common side effect of magnetic stimulation.", "headache=adverse-effect tms=studied", "headache=indication"),
    ("Some patients had worsening anxiety after the infusion.", "anxiety=adverse-effect", "anxiety=indication"),
    ("MDMA can lead to depressed mood in midweek.", "depression=adverse-effect mdma=studied", "depression=indication"),
    ("There is a small risk of seizure during stimulation.", "epilepsy=adverse-effect", "epilepsy=indication"),
    ("Ketamine lowers the risk of postpartum depression.", "postpartum-depression=indication", "postpartum-depression=adverse-effect"),
    ("Ketamine may cause nausea but relieves depression.", "nausea=adverse-effect depression=indication", "depression=adverse-effect"),
    (
        "Esketamine lowers the incidence of emergence agitation.",
        "emergence-agitation=indication esketamine=studied",
        "emergence-agitation=adverse-effect",
    ),
    (
        "Ketamine for comorbid PTSD and depression is safe.",
        "ptsd=indication depression=indication ketamine=studied",
        "ptsd=population",
    ),
    (
        "Nausea, dizziness and other side effects pass within hours.",
        "nausea=adverse-effect",
        "nausea=indication",
    ),
    (
        "Ketamine prolonged analgesia under spinal anesthesia.",
        "ketamine=studied",
        "neuraxial=studied",
    ),
    # contraindications
    ("Ketamine is not for people with uncontrolled hypertension.", "hypertension=contraindication ketamine=studied", "hypertension=indication"),
    ("The treatment is contraindicated in schizophrenia.", "schizophrenia=contraindication", "schizophrenia=indication"),
    ("Patients with epilepsy should not receive magnetic stimulation.", "epilepsy=contraindication tms=studied", "epilepsy=indication"),
    ("Contraindications include psychosis and heart failure.", "schizophrenia=contraindication cardiovascular-disease=contraindication", ""),
    ("It should be avoided in people with a history of psychosis.", "schizophrenia=contraindication", "schizophrenia=indication"),
    # population
    ("Ketamine was given to patients with PTSD undergoing laparoscopy.", "ptsd=population ketamine=studied", "ptsd=indication"),
    ("Depressed patients undergoing surgery slept better.", "depression=population", "depression=indication"),
    ("Adults with depression and comorbid anxiety were enrolled.", "depression=indication anxiety=population", ""),
    ("The study enrolled 24 healthy volunteers.", "healthy-volunteers=population", ""),
    # model
    ("Ketamine-induced psychosis in healthy volunteers is a model of schizophrenia.", "schizophrenia=model healthy-volunteers=population", "schizophrenia=indication"),
    ("Ketamine mimics schizophrenia in volunteers.", "schizophrenia=model", "schizophrenia=indication"),
    # outcome
    ("Anxiety was assessed with a visual scale.", "anxiety=outcome", "anxiety=indication"),
    ("Depression scores were higher in ecstasy users.", "depression=outcome", "depression=indication"),
    # comparator
    ("Ketamine worked faster than electroconvulsive therapy.", "ketamine=studied ect=comparator", "ect=studied"),
    ("Esketamine was compared with midazolam in adults with depression.", "esketamine=studied midazolam=comparator depression=indication", "midazolam=studied"),
    ("Psilocybin versus escitalopram for depression.", "psilocybin=studied ssri=comparator depression=indication", ""),
    ("Midazolam served as an active placebo.", "midazolam=comparator", "midazolam=studied"),
    ("Acupuncture did no better than placebo.", "acupuncture=studied placebo=comparator", "placebo=studied"),
    # co-medication
    ("Esketamine nasal spray plus an oral antidepressant delayed relapse.", "esketamine=studied intranasal=studied antidepressants=co-medication oral=co-medication", "oral=studied antidepressants=studied"),
    ("Ketamine in combination with cognitive behavioral therapy prevents relapse.", "ketamine=studied cbt=co-medication", "cbt=studied"),
    ("MDMA was given alongside psychotherapy.", "mdma=studied psychotherapy=co-medication", ""),
    ("Combining MDMA with psychotherapy lasted longer.", "mdma=studied psychotherapy=studied", "mdma=co-medication"),
    ("Volunteers swallowed oral triazolam or had intramuscular ketamine.", "intramuscular=studied ketamine=studied", "oral=studied"),
    ("Oral antidepressants take weeks to work.", "antidepressants=studied", ""),
    # not studied
    ("No trials of intramuscular ketamine were found.", "intramuscular=not-studied ketamine=not-studied", "intramuscular=studied"),
    ("Future studies should examine oral ketamine.", "oral=not-studied", "oral=studied"),
    ("Sublingual ketamine has not been studied in fibromyalgia.", "sublingual=not-studied ketamine=not-studied fibromyalgia=not-studied", "sublingual=studied"),
    ("They had failed several antidepressants before ketamine.", "ketamine=studied", "antidepressants=studied"),
    ("Further research on cannabidiol for anxiety is needed.", "cannabidiol=not-studied anxiety=not-studied", "cannabidiol=studied"),
    # routes
    ("IV ketamine acts within hours.", "intravenous=studied ketamine=studied", ""),
    ("Ketamine can be given by mouth, under the tongue or into a muscle.", "oral=studied sublingual=studied intramuscular=studied", ""),
    ("A ketamine lozenge dissolves slowly.", "sublingual=studied", "oral"),
    ("Spravato is dispensed in certified centers.", "esketamine=studied intranasal=studied", ""),
    ("A subcutaneous infusion of ketamine eased cancer pain.", "subcutaneous=studied ketamine=studied", "intravenous"),
    ("Cannabidiol oil is taken under the tongue.", "sublingual=studied cannabidiol=studied", ""),
    ("Epidural ketamine prolonged postoperative analgesia.", "neuraxial=studied acute-pain=indication", ""),
    ("A transdermal patch and a cream were compared.", "topical=studied", ""),
    # lay words
    ("Low mood and sleepless nights got better with acupuncture.", "depression=indication insomnia=indication acupuncture=studied", ""),
    ("People who feel hopeless often lift their mood by walking.", "depression=indication", ""),
    ("Botox stops teeth grinding and softens frown lines.", "botulinum-toxin=studied temporomandibular-disorder=indication wrinkles=indication", ""),
    ("Hypnosis helps with stage fright and fear of flying.", "hypnosis=studied anxiety=indication", ""),
    ("Physio eases a sore back, a stiff neck and tennis elbow.", "physical-therapy=studied low-back-pain=indication musculoskeletal-pain=indication", ""),
    ("Cannabidiol drops calm the nerves and aid restful sleep.", "cannabidiol=studied anxiety=indication insomnia=indication", ""),
    ("Ginger settles an upset stomach and morning sickness.", "ginger=studied digestive-complaints=indication nausea=indication", ""),
    ("Smokers who had magnetic stimulation quit smoking more often.", "tms=studied substance-use=indication", ""),
    ("adults with adhd, ocd or ptsd slept better on cbd oil", "adhd=indication ocd=indication ptsd=indication cannabidiol=studied", ""),
    ("It is swallowed as a capsule, breathed in through a vape pen or rubbed into the skin.", "oral=studied inhaled=studied topical=studied", ""),
    ("The medicine drips through a vein or is sprayed into the nose.", "intravenous=studied intranasal=studied", ""),
    ("A weekly shot just under the skin lowers body fat.", "subcutaneous=studied", "intramuscular"),
    ("The spray goes under the tongue and gummies are eaten.", "sublingual=studied oral=studied", ""),
    # look-alikes of lay words
    ("It calms the central nervous system of rats.", "", "anxiety"),
    ("A stress fracture of the foot and a stress test were on file.", "", "stress"),
    ("The trauma team met in the operating room of the trauma center.", "anesthesia", "ptsd"),
    ("Patient-controlled analgesia was set up.", "", "chronic-pain"),
    ("Post-nasal drip is a nuisance.", "", "intravenous"),
    ("An ice cream headache is brief.", "headache", "topical"),
    ("Doses were given per pound of body weight once a day.", "", "obesity"),
    ("Scores on the SSS-IV and the MCMI-IV were high.", "", "intravenous"),
    ("The methylenedioxyethylamphetamine (MDE) group felt warm; MDE raised the pulse.", "", "depression"),
    ("MDE (methylenedioxyethylamphetamine) raised the pulse; MDE wore off.", "", "depression"),
    ("MDE (moderate to severe) was diagnosed.", "depression=indication", ""),
    ("Heatstroke and stroke volume were not recorded.", "", "stroke"),
    ("I'm calmer, and I’m rested.", "", "intramuscular"),
    ("Write to P.O. Box 12.", "", "oral"),
    ("Our clinic in Charleston, SC 29401 is open.", "", "subcutaneous"),
    ("Molly felt the pain melt away.", "", "mdma"),
    ("The dose was 5 mg I.M. or p.o. twice a day.", "intramuscular=studied oral=studied", ""),
    ("Today's ketamine session and Yale’s ketamine studies went well.", "ketamine=studied", "esketamine"),
    ("Patients had S-ketamine.", "esketamine=studied", ""),
    # narrowing and harm
    ("Adults whose depression had not responded to two medicines improved.", "treatment-resistant-depression=indication depression=indication", ""),
    ("Epilepsy that has not responded to two medicines is refractory.", "epilepsy=indication", "treatment-resistant-depression"),
    ("Depression in new mothers is common.", "postpartum-depression=indication", ""),
    ("Anxiety before surgery fell after a lollipop.", "preoperative-anxiety=indication", ""),
    ("The nasal spray has a potential for misuse and is addictive.", "substance-use=adverse-effect", "substance-use=indication"),
    ("PTSD, a disorder characterized by severe anxiety and insomnia, responds.", "ptsd=indication anxiety=not-studied insomnia=not-studied", "anxiety=indication"),
    ("It led to more impulsive acts in a patient with depression.", "depression=indication", "depression=adverse-effect"),
    ("Patients with migraine, assessed with diaries, had fewer attacks.", "migraine=indication", "migraine=outcome"),
    ("Single i.v. ketamine augmentation of escitalopram was tried.", "intravenous=studied ketamine=studied", "intravenous=co-medication"),
    ("Remission was more frequent against quetiapine.", "antipsychotics=comparator", "antipsychotics=studied"),
]  # fmt: skip


def tags_of(sentence: str) -> set[str]:
    unit = Unit(0, len(sentence), sentence, "sentence", 0)
    claim = Claim(0, len(sentence), sentence, 0, None, "efficacy", "benefit", "affirm", "asserted")
    document = Document("page.txt", sentence, (), "text/plain", "0" * 64, "test/1")
    (tags,) = TAGGER.tag_claims(document, [unit], [claim])
    own = [tag for tag in tags if tag.origin == "sentence"]
    return {tag.slug for tag in own} | {f"{tag.slug}={tag.role}" for tag in own}


@pytest.mark.parametrize(("sentence", "wanted", "unwanted"), CASES)
def test_role_in_a_sentence(sentence: str, wanted: str, unwanted: str) -> None:
    found = tags_of(sentence)
    assert set(wanted.split()) <= found, sorted(found)
    assert not set(unwanted.split()) & found, sorted(found)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100
